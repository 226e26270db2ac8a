namespace Semblance.Tensors;

/// <summary>Provides the concatenation of matrices.</summary>
public static class ConcatenateOperation
{
    /// <summary>Concatenates matrices side by side.</summary>
    /// <param name="run">The computation.</param>
    /// <param name="parts">At least one matrix, each <c>[rows × its columns]</c>. The list is not copied.</param>
    /// <returns><c>[rows × the sum of columns]</c>.</returns>
    /// <exception cref="ArgumentException">There is no part, or the numbers of rows differ.</exception>
    public static Tensor ConcatenateColumns(this Computation run, params IReadOnlyList<Tensor> parts)
    {
        Check(run, parts, part => part.Rows);
        var y = run.Lease(parts[0].Rows, parts.Sum(part => part.Columns));
        for (int i = 0, column = 0; i < parts.Count; column += parts[i++].Columns)
        {
            for (var row = 0; row < y.Rows; row++)
            {
                parts[i].Row(row).CopyTo(y.Writable[((row * y.Columns) + column)..]);
            }
        }

        run.Trace?.ConcatenateColumns(y, parts);
        Record(run, parts, y, (gradient, part, dx, column) =>
        {
            for (var row = 0; row < part.Rows; row++)
            {
                gradient.Row(row).Slice(column, part.Columns).CopyTo(dx.Writable[(row * part.Columns)..]);
            }

            return part.Columns;
        });
        return y;
    }

    /// <summary>Concatenates matrices one below the other.</summary>
    /// <param name="run">The computation.</param>
    /// <param name="parts">At least one matrix, each <c>[its rows × columns]</c>. The list is not copied.</param>
    /// <returns><c>[the sum of rows × columns]</c>.</returns>
    /// <exception cref="ArgumentException">There is no part, or the numbers of columns differ.</exception>
    public static Tensor ConcatenateRows(this Computation run, params IReadOnlyList<Tensor> parts)
    {
        Check(run, parts, part => part.Columns);
        var y = run.Lease(parts.Sum(part => part.Rows), parts[0].Columns);
        for (int i = 0, start = 0; i < parts.Count; start += parts[i++].Length)
        {
            parts[i].Values.CopyTo(y.Writable[start..]);
        }

        Record(run, parts, y, (gradient, part, dx, start) =>
        {
            gradient.Values.Slice(start, part.Length).CopyTo(dx.Writable);
            return part.Length;
        });
        return y;
    }

    private static void Check(Computation run, IReadOnlyList<Tensor> parts, Func<Tensor, int> size)
    {
        ArgumentNullException.ThrowIfNull(run);
        ArgumentNullException.ThrowIfNull(parts);
        if (parts.Count == 0 || parts.Any(part => size(part) != size(parts[0])))
        {
            throw new ArgumentException($"[{string.Join(", ", parts)}] cannot be concatenated.", nameof(parts));
        }
    }

    // copy writes a part's gradient from the given place on and returns the number of elements to the next part.
    private static void Record(Computation run, IReadOnlyList<Tensor> parts, Tensor y, Func<Tensor, Tensor, Tensor, int, int> copy)
    {
        if (run.Recording && parts.Any(part => part.RequiresGradient))
        {
            run.Record(y, gradient =>
            {
                var place = 0;
                foreach (var part in parts)
                {
                    var dx = run.Lease(part.Shape);
                    place += copy(gradient, part, dx, place);
                    if (part.RequiresGradient)
                    {
                        part.AddGradient(dx);
                    }
                    else
                    {
                        dx.Release();
                    }
                }
            });
        }
    }
}
