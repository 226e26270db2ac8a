using Semblance.Tensors;
using TensorPrimitives = System.Numerics.Tensors.TensorPrimitives;

namespace Semblance.Training;

/// <summary>Computes accuracy and F1 of predicted labels.</summary>
public static class Accuracy
{
    /// <summary>Computes the fraction of rows whose label has the largest logit; the first of equal logits is the prediction.</summary>
    /// <param name="logits">The logits, <c>[rows × classes]</c>.</param>
    /// <param name="labels">The class of each row, from 0.</param>
    /// <exception cref="ArgumentException">The numbers of rows and labels differ, a label is out of range, or a logit is NaN.</exception>
    public static double OfLogits(Tensor logits, ReadOnlySpan<int> labels)
    {
        ArgumentNullException.ThrowIfNull(logits);
        if (logits.Rows != labels.Length || labels.IsEmpty)
        {
            throw new ArgumentException(
                $"The logits are {logits}, but there are {labels.Length} labels; each row needs one label, and at least one row is needed.",
                nameof(labels));
        }

        var right = 0;
        for (var i = 0; i < labels.Length; i++)
        {
            if ((uint)labels[i] >= (uint)logits.Columns)
            {
                throw new ArgumentException(
                    $"The label of row {i} is {labels[i]}; with {logits.Columns} classes it must be from 0 to {logits.Columns - 1}.",
                    nameof(labels));
            }

            if (TensorPrimitives.IsNaNAny(logits.Row(i)))
            {
                throw new ArgumentException($"Row {i} has a logit that is not a number.", nameof(logits));
            }

            right += TensorPrimitives.IndexOfMax(logits.Row(i)) == labels[i] ? 1 : 0;
        }

        return (double)right / labels.Length;
    }

    /// <summary>Computes macro F1, the mean of F1 over the classes; a class that is neither a label nor a prediction is skipped.</summary>
    /// <param name="logits">The logits, <c>[rows × classes]</c>.</param>
    /// <param name="labels">The class of each row, from 0.</param>
    /// <exception cref="ArgumentException">The numbers of rows and labels differ, a label is out of range, or a logit is NaN.</exception>
    public static double MacroF1(Tensor logits, ReadOnlySpan<int> labels) =>
        ByClass(logits, labels).Where(counts => counts.Rows + counts.Answers > 0).Average(counts => counts.F1);

    /// <summary>Computes weighted F1, the mean of F1 over the classes, weighted by their numbers of rows.</summary>
    /// <inheritdoc cref="MacroF1"/>
    public static double WeightedF1(Tensor logits, ReadOnlySpan<int> labels) =>
        ByClass(logits, labels).Sum(counts => counts.Rows * counts.F1) / labels.Length;

    private static Counts[] ByClass(Tensor logits, ReadOnlySpan<int> labels)
    {
        _ = OfLogits(logits, labels); // validates the arguments
        var (rows, answers, right) = (new int[logits.Columns], new int[logits.Columns], new int[logits.Columns]);
        for (var i = 0; i < labels.Length; i++)
        {
            var answer = TensorPrimitives.IndexOfMax(logits.Row(i));
            answers[answer]++;
            rows[labels[i]]++;
            right[answer] += answer == labels[i] ? 1 : 0;
        }

        return [.. rows.Select((count, c) => new Counts(count, answers[c], right[c]))];
    }

    /// <summary>Returns the numbers of rows with a class, of predictions of it, and of correct predictions.</summary>
    private readonly record struct Counts(int Rows, int Answers, int Right)
    {
        public double F1 => Rows + Answers == 0 ? 0 : 2.0 * Right / (Rows + Answers);
    }
}
