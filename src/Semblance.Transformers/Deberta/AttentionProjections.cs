using Semblance.Tensors;

namespace Semblance.Transformers.Deberta;

/// <summary>Computes the queries, keys and values of attention from hidden states, the heads side by side.</summary>
internal abstract class AttentionProjections
{
    /// <summary>Computes queries from hidden states, both <c>[tokens × hidden]</c>.</summary>
    public abstract Tensor Query(Computation run, Tensor x);

    /// <summary>Computes keys from hidden states, both <c>[tokens × hidden]</c>.</summary>
    public abstract Tensor Key(Computation run, Tensor x);

    /// <summary>Computes values from hidden states, both <c>[tokens × hidden]</c>.</summary>
    public abstract Tensor Value(Computation run, Tensor x);
}
