using Semblance.Files;

namespace Semblance.Training;

/// <summary>Reads the lines of a data set file.</summary>
internal static class DatasetLines
{
    /// <summary>Reads the lines of a file in bounded memory; a line that is not UTF-8 is returned with its problem.</summary>
    /// <exception cref="DatasetException">
    /// The file does not exist, is not text, has a line that is too long, or is not valid gzip.
    /// </exception>
    public static IEnumerable<TextLine> Read(string path)
    {
        using var lines = Translated(path, () => TextLines.Open(path));
        using var read = lines.Read().GetEnumerator();
        Func<bool> next = read.MoveNext;
        while (Translated(path, next))
        {
            yield return read.Current;
        }
    }

    /// <summary>Reads the records of a TSV or CSV file in bounded memory, the names of the columns included.</summary>
    /// <inheritdoc cref="Read" path="/exception"/>
    public static IEnumerable<TextRecord> ReadRecords(string path, TextFormat format)
    {
        using var lines = Translated(path, () => TextLines.Open(path));
        lines.Format = format;
        using var read = lines.ReadRecords().GetEnumerator();
        Func<bool> next = read.MoveNext;
        while (Translated(path, next))
        {
            yield return read.Current;
        }
    }

    private static T Translated<T>(string path, Func<T> read)
    {
        try
        {
            return read();
        }
        catch (TextFormatException e)
        {
            throw new DatasetException(path, e.Line, e.Problem, e);
        }
        catch (IOException e)
        {
            var named = $"{path}: ";
            throw new DatasetException(
                path, null, e.Message.StartsWith(named, StringComparison.Ordinal) ? e.Message[named.Length..] : e.Message, e);
        }
    }
}
