using Semblance.Tensors;

namespace Semblance.Transformers.Layers;

/// <summary>Represents one layer of a transformer, from hidden states to hidden states.</summary>
public abstract class TransformerLayer
{
    /// <summary>Computes the output of the layer.</summary>
    /// <param name="run">The computation; it owns the result.</param>
    /// <param name="x"><c>[tokens × hidden]</c>.</param>
    /// <param name="context">The batch and the state that the layers share.</param>
    /// <returns><c>[tokens × hidden]</c>.</returns>
    public abstract Tensor Forward(Computation run, Tensor x, AttentionContext context);
}
