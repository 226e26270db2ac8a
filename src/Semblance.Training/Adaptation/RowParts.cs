using System.Text.Json;
using Semblance.Files;
using Semblance.Files.Json;

namespace Semblance.Training;

/// <summary>Writes JSON Lines that take long to compute part by part, so that an interrupted run continues after the last part.</summary>
internal static class RowParts
{
    /// <summary>Writes the rows of all items, unless the file exists.</summary>
    /// <param name="path">The file. Its parts lie beside it until it is complete.</param>
    /// <param name="items">The items that the rows are computed from.</param>
    /// <param name="size">The number of items of a part.</param>
    /// <param name="rows">Returns the rows of some items, of which it also gets the index of the first.</param>
    /// <param name="progress">Receives the completed fraction, from 0 to 1.</param>
    /// <param name="cancellationToken">The token that cancels the operation. Complete parts remain.</param>
    public static void Write<T>(
        string path, IReadOnlyList<T> items, int size, Func<T[], int, IEnumerable<Action<Utf8JsonWriter>>> rows,
        IProgress<double>? progress, CancellationToken cancellationToken)
    {
        if (File.Exists(path))
        {
            return;
        }

        var parts = (items.Count + size - 1) / size;
        for (var part = 0; part < parts; part++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (!File.Exists(PathOf(part)))
            {
                var made = rows([.. items.Skip(part * size).Take(size)], part * size);
                Write(PathOf(part), made);
            }

            progress?.Report((part + 1.0) / parts);
        }

        using (var file = new AtomicFile(path))
        {
            for (var part = 0; part < parts; part++)
            {
                using var read = File.OpenRead(PathOf(part));
                read.CopyTo(file.Stream);
            }

            file.Commit();
        }

        for (var part = 0; part < parts; part++)
        {
            File.Delete(PathOf(part));
        }

        string PathOf(int part) => $"{path}.{part}";
    }

    /// <summary>Writes rows in one step.</summary>
    public static void Write(string path, IEnumerable<Action<Utf8JsonWriter>> rows)
    {
        using var file = new AtomicFile(path);
        using (var lines = new JsonLinesWriter(file.Stream))
        {
            foreach (var row in rows)
            {
                lines.Write(row);
            }
        }

        file.Commit();
    }
}
