using Semblance.Tensors;

namespace Semblance.Transformers.Deberta;

/// <summary>Hidden states to the queries, keys and values of attention, the heads side by side.</summary>
internal abstract class AttentionProjections
{
    /// <summary><c>[tokens × hidden]</c> to the same.</summary>
    public abstract Tensor Query(Computation run, Tensor x);

    /// <summary><c>[tokens × hidden]</c> to the same.</summary>
    public abstract Tensor Key(Computation run, Tensor x);

    /// <summary><c>[tokens × hidden]</c> to the same.</summary>
    public abstract Tensor Value(Computation run, Tensor x);
}
