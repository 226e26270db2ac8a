using Semblance.Tensors;

namespace Semblance.Transformers.Tasks;

/// <summary>The next words of a causal model: one linear layer from the hidden states to the vocabulary.</summary>
/// <param name="decoder">The layer, which often shares the body's word table.</param>
internal sealed class WordPredictionHead(Linear decoder) : TaskHead
{
    /// <returns><c>[tokens × vocabulary]</c>.</returns>
    /// <inheritdoc/>
    public override Tensor Forward(Computation run, Tensor hidden, PackedBatch batch) => run.Linear(hidden, decoder);
}
