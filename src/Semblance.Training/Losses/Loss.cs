using System.Numerics;
using System.Runtime.CompilerServices;
using Semblance.Tensors;

namespace Semblance.Training;

/// <summary>An objective that is computed from sentence vectors alone.</summary>
/// <remarks>
/// Whoever has texts, or recorded vectors, calls the same method. Where the computation records,
/// <see cref="Computation.Backward"/> from the result gives the gradients of the vectors and of what they were computed from.
/// </remarks>
public abstract class Loss : Objective
{
    /// <summary>The loss of one batch.</summary>
    /// <param name="run">The computation that made the vectors.</param>
    /// <param name="input">The batch.</param>
    /// <returns><c>[1]</c>.</returns>
    /// <exception cref="LossInputException">The batch does not have the columns, rows or labels that the loss needs.</exception>
    public abstract Tensor Forward(Computation run, LossInput input);

    /// <inheritdoc/>
    public sealed override double Backward(TrainingBatch batch)
    {
        ArgumentNullException.ThrowIfNull(batch);
        using var run = batch.Start();
        var input = batch.Input(run) with { GuideEmbeddings = GuideEmbeddings(batch) };
        var loss = Forward(run, input);
        run.Backward(loss, Tensor.From([batch.Scale], 1));
        return loss.Values[0];
    }

    /// <summary>The vectors of a batch's texts from the loss's guide model, if it has one.</summary>
    internal virtual IReadOnlyList<Tensor>? GuideEmbeddings(TrainingBatch batch) => null;

    /// <summary>The batch's labels where its vectors are cut to their first elements: the same, but for losses whose labels are vectors.</summary>
    internal virtual Tensor? CutLabels(LossInput input, int dimension) => input.Labels;

    /// <summary>A setting that must be above zero.</summary>
    private protected static T Positive<T>(T value, [CallerArgumentExpression(nameof(value))] string? name = null)
        where T : INumber<T> =>
        value > T.Zero && T.IsFinite(value) ? value : throw new ArgumentOutOfRangeException(name, value, "The setting must be a finite number above zero.");

    /// <summary>A setting that must be a number.</summary>
    private protected static float Finite(float value, [CallerArgumentExpression(nameof(value))] string? name = null) =>
        float.IsFinite(value) ? value : throw new ArgumentOutOfRangeException(name, value, "The setting must be a finite number.");
}
