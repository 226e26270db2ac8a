using Semblance.Tensors;

namespace Semblance.Transformers.Deberta;

/// <summary>Computes the queries, keys and values of attention from hidden states, the heads side by side.</summary>
internal abstract class AttentionProjections
{
    /// <summary>Computes queries, keys and values from hidden states, each <c>[tokens × hidden]</c>.</summary>
    public abstract (Tensor Query, Tensor Key, Tensor Value) Project(Computation run, Tensor x);
}
