using Semblance.Tensors;

namespace Semblance.Transformers.Deberta;

/// <summary>The vectors of the distances that a batch has.</summary>
/// <param name="Rows"><c>[entries × hidden]</c>.</param>
/// <param name="Columns">For each distance, the key's place less the query's, its entry.</param>
/// <param name="Origin">Where distance 0 is.</param>
internal sealed record RelativeRows(Tensor Rows, int[] Columns, int Origin);
