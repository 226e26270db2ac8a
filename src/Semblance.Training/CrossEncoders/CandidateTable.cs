using Semblance.Tensors;

namespace Semblance.Training.CrossEncoders;

/// <summary>
/// Represents the scores of candidates as a table with a row for each query. Shorter rows are padded with −∞, which has no probability.
/// </summary>
internal sealed class CandidateTable(CrossEncoderInput input)
{
    private readonly int[] _starts = input.Starts();
    private readonly int _columns = input.Counts.Max();

    /// <summary>Returns the table: <c>[rows × maximum number of candidates]</c>.</summary>
    /// <param name="run">The computation.</param>
    /// <param name="scores">The scores: <c>[pairs × 1]</c>.</param>
    public Tensor Of(Computation run, Tensor scores)
    {
        int[] elements =
            [.. _starts.SelectMany((start, row) => Enumerable.Range(0, _columns).Select(j => start + Math.Min(j, input.Counts[row] - 1)))];
        return run.LeaveOut(run.Gather(scores, elements, _starts.Length, _columns), (row, j) => j >= input.Counts[row]);
    }

    /// <summary>Returns numbers for each candidate in the shape of the table, padded with 0.</summary>
    public Tensor Of(IReadOnlyList<IReadOnlyList<float>> values)
    {
        var table = Tensor.Zeros(values.Count, _columns);
        for (var row = 0; row < values.Count; row++)
        {
            values[row].ToArray().CopyTo(table.Writable[(row * _columns)..]);
        }

        return table;
    }
}
