using Semblance.Tensors;

namespace Semblance.Training.CrossEncoders;

/// <summary>Represents the input of a cross-encoder's loss: the scores of one batch's pairs.</summary>
/// <param name="Logits">The logits, <c>[pairs × labels]</c>: row after row of the batch, each with its candidates in order.</param>
/// <param name="Counts">The number of candidates of each row.</param>
/// <param name="Labels">The labels of each row, usually one for each candidate; <see langword="null"/> for rows without labels.</param>
public sealed record CrossEncoderInput(Tensor Logits, IReadOnlyList<int> Counts, IReadOnlyList<IReadOnlyList<float>>? Labels = null)
{
    private static readonly float[] One = [1];

    /// <summary>Returns the index of each row's first candidate among the logits.</summary>
    public int[] Starts()
    {
        var starts = new int[Counts.Count];
        for (var row = 1; row < starts.Length; row++)
        {
            starts[row] = starts[row - 1] + Counts[row - 1];
        }

        return starts;
    }

    /// <summary>Checks that the model has one label.</summary>
    /// <param name="loss">The loss, named in the message.</param>
    /// <exception cref="LossInputException">The model has more than one label.</exception>
    public void RequireScores(Objective loss)
    {
        if (Logits.Columns != 1)
        {
            throw new LossInputException(
                $"{loss.Name} needs a model with one label, and this one has {Logits.Columns}; create it with 'labels: 1', or train it "
                + "with CrossEntropyLoss.");
        }
    }

    /// <summary>Checks the number of candidates in each row.</summary>
    /// <param name="loss">The loss, named in the message.</param>
    /// <param name="least">The minimum number.</param>
    /// <param name="most">The maximum number.</param>
    /// <exception cref="LossInputException">A row has fewer or more candidates.</exception>
    public void RequireCandidates(Objective loss, int least, int most = int.MaxValue)
    {
        for (var row = 0; row < Counts.Count; row++)
        {
            if (Counts[row] < least || Counts[row] > most)
            {
                var expected = least == most ? $"{least}" : most == int.MaxValue ? $"at least {least}" : $"{least} to {most}";
                throw new LossInputException($"{loss.Name} takes {expected} texts after the first, and row {row} has {Counts[row]}.");
            }
        }
    }

    /// <summary>Returns one label for each candidate. If rows have none, the first candidate is the positive: 1, 0, 0, …</summary>
    /// <param name="loss">The loss, named in the message.</param>
    /// <exception cref="LossInputException">The labels are not finite, or not one for each candidate.</exception>
    public float[][] RequireRelevances(Objective loss)
    {
        RequireScores(loss);
        if (Labels is null)
        {
            RequireCandidates(loss, 2);
            return [.. Counts.Select(count => (float[])[.. One, .. new float[count - 1]])];
        }

        return RequireLabels(loss, count => count, "one for each text after the first");
    }

    /// <summary>Returns the labels of each row.</summary>
    /// <param name="loss">The loss, named in the message.</param>
    /// <param name="needed">A function from the number of candidates of a row to the number of labels that it needs.</param>
    /// <param name="expected">A description of the expected labels, for the message.</param>
    /// <exception cref="LossInputException">The labels are missing, not finite, or not of the expected number.</exception>
    public float[][] RequireLabels(Objective loss, Func<int, int> needed, string expected)
    {
        if (Labels is null)
        {
            throw new LossInputException($"{loss.Name} needs labels, {expected}, and the batch has none.");
        }

        for (var row = 0; row < Counts.Count; row++)
        {
            if (Labels.Count != Counts.Count || Labels[row].Count != needed(Counts[row]))
            {
                throw new LossInputException(
                    $"{loss.Name} needs labels, {expected}: row {row} has {Counts[row]} candidates and "
                    + $"{Labels.ElementAtOrDefault(row)?.Count ?? 0} labels.");
            }

            if (Labels[row].FirstOrDefault(label => !float.IsFinite(label)) is var bad and not 0)
            {
                throw new LossInputException($"The label {bad} of row {row} is not a finite number.");
            }
        }

        return [.. Labels.Select(labels => labels.ToArray())];
    }
}
