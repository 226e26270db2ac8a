using Semblance.Tensors;
using TensorPrimitives = System.Numerics.Tensors.TensorPrimitives;

namespace Semblance.Training;

/// <summary>The part of answers that are right.</summary>
public static class Accuracy
{
    /// <summary>The part of rows whose largest logit is that of their label; of equal logits the first is the answer.</summary>
    /// <param name="logits"><c>[rows × classes]</c>.</param>
    /// <param name="labels">The class of each row, from 0.</param>
    /// <exception cref="ArgumentException">There is not one label for each row, a label is no class, or a logit is not a number.</exception>
    public static double OfLogits(Tensor logits, ReadOnlySpan<int> labels)
    {
        ArgumentNullException.ThrowIfNull(logits);
        if (logits.Rows != labels.Length || labels.IsEmpty)
        {
            throw new ArgumentException($"There must be a label for each row, and at least one; the logits are {logits}, and there are {labels.Length} labels.", nameof(labels));
        }

        var right = 0;
        for (var i = 0; i < labels.Length; i++)
        {
            if ((uint)labels[i] >= (uint)logits.Columns)
            {
                throw new ArgumentException($"The label of row {i} is {labels[i]}; with {logits.Columns} classes it must be from 0 to {logits.Columns - 1}.", nameof(labels));
            }

            if (TensorPrimitives.IsNaNAny(logits.Row(i)))
            {
                throw new ArgumentException($"Row {i} has a logit that is not a number.", nameof(logits));
            }

            right += TensorPrimitives.IndexOfMax(logits.Row(i)) == labels[i] ? 1 : 0;
        }

        return (double)right / labels.Length;
    }

    /// <summary>The mean over the classes of F1, the harmonic mean of precision and recall; a class that neither comes nor is answered is left out.</summary>
    /// <param name="logits"><c>[rows × classes]</c>.</param>
    /// <param name="labels">The class of each row, from 0.</param>
    /// <exception cref="ArgumentException">There is not one label for each row, a label is no class, or a logit is not a number.</exception>
    public static double MacroF1(Tensor logits, ReadOnlySpan<int> labels) =>
        ByClass(logits, labels).Where(counts => counts.Rows + counts.Answers > 0).Average(counts => counts.F1);

    /// <summary>The mean over the classes of F1, each weighted by how many rows have it.</summary>
    /// <inheritdoc cref="MacroF1"/>
    public static double WeightedF1(Tensor logits, ReadOnlySpan<int> labels) => ByClass(logits, labels).Sum(counts => counts.Rows * counts.F1) / labels.Length;

    private static Counts[] ByClass(Tensor logits, ReadOnlySpan<int> labels)
    {
        _ = OfLogits(logits, labels); // checks them
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

    /// <summary>How many rows have a class, how many were answered so, and how many of these rightly.</summary>
    private readonly record struct Counts(int Rows, int Answers, int Right)
    {
        public double F1 => Rows + Answers == 0 ? 0 : 2.0 * Right / (Rows + Answers);
    }
}
