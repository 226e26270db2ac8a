using System.Globalization;
using System.Numerics.Tensors;
using Tensor = Semblance.Tensors.Tensor;

namespace Semblance.Training;

/// <summary>
/// Represents logistic regression: a linear classifier that maximizes the likelihood of the labels, with an L2 penalty on the weights and
/// none on the
/// intercepts. Two classes share one row of weights, more classes have one each (multinomial), so results match those of scikit-learn.
/// </summary>
/// <remarks>
/// Minimizes Σ −log p(label) + ‖weights‖² / 2C by Newton's method with conjugate gradients (Lin, Weng and Keerthi 2008, "Trust region
/// Newton method for
/// large-scale logistic regression", here with a line search). Vectors are float32, sums over rows double. The bits of a result do not
/// depend on the
/// number of threads.
/// </remarks>
public sealed class LogisticRegression
{
    /// <summary>The tolerance of the gradient: sufficient for six digits of the weights, and for comparing accuracies.</summary>
    internal const double Exact = 1e-5, Rough = 1e-3;

    private readonly float[] _intercepts;

    private LogisticRegression(Tensor weights, float[] intercepts, int classes) =>
        (Weights, _intercepts, Classes) = (weights, intercepts, classes);

    /// <summary>Gets the weights, <c>[classes × dimension]</c>; for two classes <c>[1 × dimension]</c>, in favor of class 1.</summary>
    public Tensor Weights { get; }

    /// <summary>Gets the intercepts, one for each row of <see cref="Weights"/>.</summary>
    public IReadOnlyList<float> Intercepts => _intercepts;

    /// <summary>Gets the number of classes.</summary>
    public int Classes { get; }

    /// <summary>Trains a classifier.</summary>
    /// <param name="vectors">The vectors, <c>[rows × dimension]</c>.</param>
    /// <param name="labels">The class of each row, from 0.</param>
    /// <param name="classes">The number of classes, at least 2.</param>
    /// <param name="c">The inverse regularization strength; larger values fit the labels more closely. The default is 1.</param>
    /// <param name="start">
    /// The classifier to start from, such as the result for another <paramref name="c"/>, which saves time; <see langword="null"/> for
    /// zero.
    /// </param>
    /// <param name="cancellationToken">The token that cancels the operation.</param>
    /// <exception cref="ArgumentException">
    /// The numbers of rows and labels differ, a label is out of range, or a vector is not finite.
    /// </exception>
    public static LogisticRegression Fit(
        Tensor vectors, ReadOnlySpan<int> labels, int classes, double c = 1, LogisticRegression? start = null,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(vectors);
        Check(vectors, labels, classes);
        return Fit(vectors, labels, [.. Enumerable.Range(0, labels.Length)], classes, c, start, Exact, cancellationToken);
    }

    /// <summary>Trains a classifier on some of the rows.</summary>
    internal static LogisticRegression Fit(
        Tensor vectors, ReadOnlySpan<int> labels, ReadOnlySpan<int> rows, int classes, double c, LogisticRegression? start,
        double tolerance, CancellationToken cancellationToken)
    {
        if (!(c > 0) || !double.IsFinite(c))
        {
            throw new ArgumentOutOfRangeException(nameof(c), c, "The inverse regularization strength must be positive and finite.");
        }

        var objective = new LogisticObjective(vectors, labels, rows, classes, c);
        var solution = NewtonConjugateGradient.Minimize(
            objective, start is null ? new double[objective.Parameters] : objective.Pack(start.Weights, start._intercepts), tolerance,
            cancellationToken);
        var (weights, intercepts) = objective.Unpack(solution);
        return new(weights, intercepts, classes);
    }

    /// <summary>Predicts the most probable class of a vector.</summary>
    /// <param name="vector">The vector, with the dimension of <see cref="Weights"/>.</param>
    /// <returns>The class, from 0; the lowest of equally probable classes.</returns>
    public int Predict(ReadOnlySpan<float> vector)
    {
        if (Classes == 2)
        {
            return TensorPrimitives.Dot(vector, Weights.Row(0)) + _intercepts[0] > 0 ? 1 : 0;
        }

        var (best, highest) = (0, float.NegativeInfinity);
        for (var k = 0; k < Classes; k++)
        {
            var logit = TensorPrimitives.Dot(vector, Weights.Row(k)) + _intercepts[k];
            (best, highest) = logit > highest ? (k, logit) : (best, highest);
        }

        return best;
    }

    /// <summary>Predicts the most probable class of each row of <paramref name="vectors"/>, <c>[rows × dimension]</c>.</summary>
    public int[] Predict(Tensor vectors)
    {
        ArgumentNullException.ThrowIfNull(vectors);
        var predictions = new int[vectors.Rows];
        for (var row = 0; row < predictions.Length; row++)
        {
            predictions[row] = Predict(vectors.Row(row));
        }

        return predictions;
    }

    /// <summary>Returns the accuracy on some rows.</summary>
    internal double Accuracy(Tensor vectors, ReadOnlySpan<int> labels, ReadOnlySpan<int> rows)
    {
        var right = 0;
        foreach (var row in rows)
        {
            right += Predict(vectors.Row(row)) == labels[row] ? 1 : 0;
        }

        return (double)right / rows.Length;
    }

    /// <summary>Throws an exception unless there is one label for each row, all labels are classes, and all vectors are finite.</summary>
    internal static void Check(Tensor vectors, ReadOnlySpan<int> labels, int classes)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(classes, 2);
        if (vectors.Rows != labels.Length || labels.IsEmpty)
        {
            throw new ArgumentException(
                $"The vectors are {vectors}, but there are {labels.Length} labels; each row needs one label, "
                + "and at least one row is needed.",
                nameof(labels));
        }

        for (var row = 0; row < labels.Length; row++)
        {
            if ((uint)labels[row] >= (uint)classes)
            {
                throw new ArgumentException(
                    string.Create(
                        CultureInfo.InvariantCulture,
                        $"The label of row {row} is {labels[row]}; with {classes} classes it must be from 0 to {classes - 1}."),
                    nameof(labels));
            }
        }

        if (!TensorPrimitives.IsFiniteAll(vectors.Values))
        {
            throw new ArgumentException("A vector has an element that is not a finite number.", nameof(vectors));
        }
    }
}
