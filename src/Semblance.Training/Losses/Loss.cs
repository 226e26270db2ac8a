using System.Numerics;
using System.Runtime.CompilerServices;
using Semblance.Tensors;

namespace Semblance.Training;

/// <summary>What training makes small.</summary>
/// <remarks>
/// A loss is computed from vectors alone: whoever has texts, or recorded vectors, calls the same method. Where the computation records,
/// <see cref="Computation.Backward"/> from the result gives the gradients of the vectors and of what they were computed from.
/// </remarks>
public abstract class Loss
{
    /// <summary>The loss of one batch.</summary>
    /// <param name="run">The computation that made the vectors.</param>
    /// <param name="input">The batch.</param>
    /// <returns><c>[1]</c>.</returns>
    /// <exception cref="LossInputException">The batch does not have the columns, rows or labels that the loss needs.</exception>
    public abstract Tensor Forward(Computation run, LossInput input);

    /// <summary>What the loss itself has to train, under the names of the original; nothing for most.</summary>
    public virtual IEnumerable<KeyValuePair<string, Tensor>> Parameters() => [];

    internal string Name => GetType().Name;

    /// <summary>A setting that must be above zero.</summary>
    private protected static T Positive<T>(T value, [CallerArgumentExpression(nameof(value))] string? name = null)
        where T : INumber<T> =>
        value > T.Zero && T.IsFinite(value) ? value : throw new ArgumentOutOfRangeException(name, value, "The setting must be a finite number above zero.");

    /// <summary>A setting that must be a number.</summary>
    private protected static float Finite(float value, [CallerArgumentExpression(nameof(value))] string? name = null) =>
        float.IsFinite(value) ? value : throw new ArgumentOutOfRangeException(name, value, "The setting must be a finite number.");
}
