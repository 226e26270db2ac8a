using Semblance.Tensors;
using Semblance.Transformers.Layers;

namespace Semblance.Transformers.Bert;

/// <summary>
/// Represents the attention of a layer: of its hidden states to themselves, or, in cross-attention, to those of another model.
/// </summary>
internal abstract class SelfAttention
{
    // x: [query tokens × hidden], states: [key tokens × hidden]; returns [query tokens × hidden], the heads side by side.
    public abstract Tensor Forward(Computation run, Tensor x, Tensor states, AttentionMask mask, AttentionContext context);
}
