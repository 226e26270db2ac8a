using Semblance.Files;

namespace Semblance.Training;

/// <summary>The lines of a data set's file.</summary>
internal static class DatasetLines
{
    /// <summary>Opens and reads a file, in bounded memory; a line that is not UTF-8 comes with its problem.</summary>
    /// <exception cref="DatasetException">There is no such file, it is no text, a line is too long, or the compression is damaged.</exception>
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
            throw new DatasetException(path, null, e.Message.StartsWith(named, StringComparison.Ordinal) ? e.Message[named.Length..] : e.Message, e);
        }
    }
}
