using System.Diagnostics;
using Semblance.Cli.Output;
using Semblance.Training;
using Semblance.Training.Recipes;

namespace Semblance.Cli.Commands;

/// <summary>
/// Shows the progress of a training: a bar with loss, learning rate and remaining time on a terminal; otherwise, a few lines for a log.
/// </summary>
/// <param name="bar">The progress bar.</param>
/// <param name="log">The writer of evaluations and warnings.</param>
/// <param name="steps">The number of training steps.</param>
internal sealed class TrainingProgress(IProgressBar bar, TextWriter log, long steps = 0) : IProgress<RecipeProgress>
{
    private const double Smoothing = 0.98;
    private const int LinesInLog = 20;
    private const int MostMetrics = 5;

    // Of the metrics at several k, those that are known best.
    private static readonly string[] Usual = ["ndcg@10", "mrr@10", "map@100", "recall@10", "recall@100", "accuracy@1"];

    private long _first = -1;
    private long _started;
    private double _loss = double.NaN;
    private double? _accuracy;

    /// <summary>
    /// Returns metrics of an evaluation: the primary one, then those that most publications report. The log and the report have all of them.
    /// </summary>
    public static string Describe(EvaluationResult result)
    {
        var shown = result.Metrics
            .OrderBy(metric => metric.Key != result.PrimaryMetric)
            .ThenBy(metric => !Usual.Any(usual => metric.Key.EndsWith(usual, StringComparison.Ordinal)))
            .Take(MostMetrics)
            .Select(metric => Numbers.Invariant($"{metric.Key} {metric.Value:F4}"));
        var rest = result.Metrics.Count - MostMetrics;
        return string.Join("  ", shown) + (rest > 0 ? Numbers.Invariant($"  and {rest} more in the log") : "");
    }

    /// <inheritdoc/>
    public void Report(RecipeProgress value)
    {
        if (value.Step is { } step)
        {
            Report(step);
        }

        bar.Report(value.Completed);
    }

    private void Report(TrainingStep value)
    {
        if (value.Warning is { } warning)
        {
            log.WriteLine($"warning: {warning.Message}");
        }

        if (_first < 0)
        {
            (_first, _started) = (value.Step, Stopwatch.GetTimestamp());
        }

        _loss = double.IsNaN(_loss) ? value.Loss : (Smoothing * _loss) + ((1 - Smoothing) * value.Loss);
        _accuracy = value.Accuracy is { } accuracy ? (Smoothing * (_accuracy ?? accuracy)) + ((1 - Smoothing) * accuracy) : _accuracy;
        var done = value.Step + 1;
        var right = _accuracy is null ? "" : Numbers.Invariant($"accuracy {_accuracy:F4}  ");
        var line = Numbers.Invariant($"loss {_loss:F4}  {right}rate {value.LearningRate:G3}  {Speed(done)}");
        bar.Title = line;
        if (value.Evaluation is { } evaluation)
        {
            log.WriteLine(Numbers.Invariant($"step {done:N0} of {steps:N0}: {line}  {Describe(evaluation)}"));
        }
        else if (!bar.IsWatched && (done * LinesInLog / steps) != ((done - 1) * LinesInLog / steps))
        {
            log.WriteLine(Numbers.Invariant($"step {done:N0} of {steps:N0}: {line}"));
        }
    }

    private string Speed(long done)
    {
        var taken = done - _first;
        var seconds = Stopwatch.GetElapsedTime(_started).TotalSeconds;
        return taken < 2
            ? ""
            : Numbers.Invariant(
                $"{(taken - 1) / seconds:F1} steps/s  {TimeSpan.FromSeconds((steps - done) * seconds / (taken - 1)):h\\:mm\\:ss} left");
    }
}
