using Semblance.Tensors;

namespace Semblance.Transformers.Deberta;

/// <summary>Represents the embeddings of the distances of a batch.</summary>
/// <param name="Rows"><c>[entries × hidden]</c>.</param>
/// <param name="Columns">For each distance, the position of the key minus that of the query, its row.</param>
/// <param name="Origin">The index of distance 0.</param>
internal sealed record RelativeRows(Tensor Rows, int[] Columns, int Origin);
