using System.Globalization;
using Semblance.Tensors;
using TensorPrimitives = System.Numerics.Tensors.TensorPrimitives;

namespace Semblance.Training;

/// <summary>
/// Monitors the steps of a training and returns a warning when a problem is detected. The same steps give the same warnings. A step takes a
/// few
/// microseconds, and with embeddings one pass over them. Not thread-safe.
/// </summary>
public sealed class TrainingWatch
{
    /// <summary>The minimum number of steps between two warnings of the same kind.</summary>
    public const int RepeatAfter = 1000;

    private const int MedianOf = 100; // gradient norms
    private const int MedianFrom = 20; // fewer norms are not sufficient
    private const double ExplodesAt = 100; // times the median
    private const int StuckWindow = 200; // losses
    private const int StuckAfter = 1000; // steps, when compared with the beginning
    private const double StuckRange = 1e-3; // of the mean
    private const double StuckFall = 0.01; // of the beginning
    private const double CollapsedCosine = 0.99;
    private const int CollapsedFor = 10; // batches in a row: untrained models start with similar embeddings
    private const int ZeroRateFor = 10; // steps in a row: a warm-up starts at zero

    private readonly Queue<double> _norms = new();
    private readonly Queue<double> _losses = new();
    private readonly Dictionary<TrainingWarningKind, long> _told = [];
    private long _observed;
    private bool _fromBeginning;
    private double _firstLosses;
    private int _collapsed;
    private int _zeroRates;

    /// <summary>Observes a step.</summary>
    /// <param name="step">The step.</param>
    /// <param name="embeddings">The sentence embeddings of the batch, <c>[sentences × dimension]</c>, or <see langword="null"/>.</param>
    /// <returns>The most severe problem; <see langword="null"/> if there is none or it was reported recently.</returns>
    public TrainingWarning? Observe(TrainingStep step, Tensor? embeddings = null)
    {
        ArgumentNullException.ThrowIfNull(step);
        return Observe(step.Step, step.Loss, step.GradientNorm, embeddings, step.LearningRate);
    }

    /// <summary>Observes a step.</summary>
    /// <param name="step">The step, from 0, later than the previous one.</param>
    /// <param name="loss">The loss.</param>
    /// <param name="gradientNorm">The norm of the gradient before clipping.</param>
    /// <param name="embeddings">The sentence embeddings of the batch, <c>[sentences × dimension]</c>, or <see langword="null"/>.</param>
    /// <param name="learningRate">The learning rate, or <see langword="null"/>.</param>
    /// <returns>The most severe problem; <see langword="null"/> if there is none or it was reported recently.</returns>
    public TrainingWarning? Observe(long step, double loss, double gradientNorm, Tensor? embeddings = null, double? learningRate = null)
    {
        (TrainingWarningKind Kind, string? Problem)[] findings =
        [
            (TrainingWarningKind.NotFinite, NotFinite(loss, gradientNorm)),
            (TrainingWarningKind.ExplodingGradient, ExplodingGradient(gradientNorm)),
            (TrainingWarningKind.Collapse, Collapse(embeddings)),
            (TrainingWarningKind.ZeroLearningRate, ZeroLearningRate(learningRate)),
            (TrainingWarningKind.StuckLoss, StuckLoss(step, loss)),
        ];
        foreach (var (kind, problem) in findings)
        {
            if (problem is not null && !(_told.TryGetValue(kind, out var last) && step - last < RepeatAfter))
            {
                _told[kind] = step;
                return new TrainingWarning(step, kind, string.Create(CultureInfo.InvariantCulture, $"Step {step}: {problem}."));
            }
        }

        return null;
    }

    private static string? NotFinite(double loss, double norm) => double.IsFinite(loss) && double.IsFinite(norm)
        ? null
        : $"the loss is {Text(loss)} and the gradient norm is {Text(norm)}; the learning rate is probably too high, "
            + "or a label is out of range";

    private string? ExplodingGradient(double norm)
    {
        if (!double.IsFinite(norm))
        {
            return null;
        }

        double[] before = [.. _norms];
        Push(_norms, norm, MedianOf);
        if (before.Length < MedianFrom)
        {
            return null;
        }

        Array.Sort(before);
        var median = before[before.Length / 2];
        return median > 0 && norm > ExplodesAt * median
            ? $"the gradient norm is {Text(norm)}, {Text(norm / median)} times its median of {Text(median)}; "
                + "the learning rate is probably too high, or the batch has an invalid row"
            : null;
    }

    private string? StuckLoss(long step, double loss)
    {
        if (!double.IsFinite(loss))
        {
            return null;
        }

        _fromBeginning |= _observed == 0 && step == 0;
        if (_observed++ < StuckWindow)
        {
            _firstLosses += loss / StuckWindow;
        }

        Push(_losses, loss, StuckWindow);
        if (_losses.Count < StuckWindow)
        {
            return null;
        }

        var (lowest, highest, mean) = (_losses.Min(), _losses.Max(), _losses.Average());
        if (highest - lowest <= StuckRange * Math.Abs(mean))
        {
            return mean == 0
                ? $"the loss has been 0 for {StuckWindow} steps; the data set is probably too easy for this loss"
                : $"the loss has stayed at {Text(mean)} for {StuckWindow} steps; the parameters are probably frozen, "
                    + "the learning rate too low, or all embeddings the same";
        }

        return _fromBeginning && _observed >= StuckAfter && mean > _firstLosses - (StuckFall * Math.Abs(_firstLosses))
            ? $"the loss is {Text(mean)} after {_observed} steps and was {Text(_firstLosses)} at the beginning; "
                + "the learning rate is probably too low or too high, or the labels do not match the texts"
            : null;
    }

    private string? Collapse(Tensor? embeddings)
    {
        if (embeddings is null || embeddings.Rows < 2)
        {
            return null;
        }

        var cosine = MeanCosine(embeddings);
        _collapsed = cosine > CollapsedCosine ? _collapsed + 1 : 0;
        return _collapsed >= CollapsedFor
            ? $"all sentences have nearly the same embedding, with a mean cosine similarity of {Text(cosine)}; "
                + "the learning rate is probably too high, or the loss has no negatives"
            : null;
    }

    private string? ZeroLearningRate(double? rate)
    {
        _zeroRates = rate == 0 ? _zeroRates + 1 : 0;
        return _zeroRates >= ZeroRateFor
            ? $"the learning rate has been 0 for {_zeroRates} steps; the schedule is probably shorter than the training"
            : null;
    }

    // Over all pairs of rows: the square of a sum of unit vectors is the sum of all their cosines, including those with themselves.
    internal static double MeanCosine(Tensor embeddings)
    {
        var sum = new float[embeddings.Columns];
        var units = 0;
        for (var i = 0; i < embeddings.Rows; i++)
        {
            var norm = TensorPrimitives.Norm(embeddings.Row(i));
            if (norm != 0)
            {
                TensorPrimitives.MultiplyAdd(embeddings.Row(i), 1 / norm, sum, sum);
                units++;
            }
        }

        return (TensorPrimitives.SumOfSquares<float>(sum) - units) / ((double)embeddings.Rows * (embeddings.Rows - 1));
    }

    private static void Push(Queue<double> queue, double value, int capacity)
    {
        queue.Enqueue(value);
        if (queue.Count > capacity)
        {
            queue.Dequeue();
        }
    }

    private static string Text(double value) => value.ToString("G4", CultureInfo.InvariantCulture);
}
