using System.Text;
using Semblance.Files;

namespace Semblance.Training;

/// <summary>A row of CSV while it is read: it stays open as long as a line ends within quotes.</summary>
internal sealed class CsvRecord
{
    /// <summary>The most characters of a row: what an unclosed quote may take in.</summary>
    public const int Longest = 1 << 24;

    private readonly List<string> _fields = [];
    private readonly StringBuilder _field = new();
    private string? _problem;

    /// <summary>The line that the row begins on.</summary>
    public long Line { get; private set; }

    /// <summary>The line that the last quoted field begins on.</summary>
    public long QuoteLine { get; private set; }

    /// <summary>The number of characters of the row so far.</summary>
    public long Length { get; private set; }

    /// <summary>Whether the next line belongs to the row.</summary>
    public bool Open { get; private set; }

    public void Add(TextLine line)
    {
        (Line, Length) = Open ? (Line, Length + line.Text.Length + 1) : (line.Number, line.Text.Length);
        _problem ??= line.Problem;
        var text = line.Text.AsSpan();
        if (Open)
        {
            _field.Append('\n');
            text = Quoted(text);
        }

        while (!Open)
        {
            if (text is ['"', ..])
            {
                QuoteLine = line.Number;
                text = Quoted(text[1..]);
            }
            else
            {
                var end = text.IndexOf(',') is >= 0 and var comma ? comma : text.Length;
                _field.Append(text[..end]);
                text = text[end..];
            }

            if (Open)
            {
                break;
            }

            _fields.Add(_field.ToString());
            _field.Clear();
            if (text.IsEmpty)
            {
                break;
            }

            text = text[1..]; // the comma
        }
    }

    /// <summary>The complete row; the next line begins another.</summary>
    public Row Take()
    {
        var row = new Row(Line, [.. _fields], _problem);
        _fields.Clear();
        _problem = null;
        return row;
    }

    // Reads on within quotes; what is left begins with a comma or is empty, unless the line ended before the quotes did.
    private ReadOnlySpan<char> Quoted(ReadOnlySpan<char> text)
    {
        while (text.IndexOf('"') is >= 0 and var quote)
        {
            _field.Append(text[..quote]);
            text = text[(quote + 1)..];
            if (text is not ['"', ..])
            {
                Open = false;
                var comma = text.IndexOf(',') is >= 0 and var found ? found : text.Length;
                _problem ??= comma == 0 ? null : "there is text after a closing double quote; double the quotes inside a field.";
                return text[comma..];
            }

            _field.Append('"');
            text = text[1..];
        }

        _field.Append(text);
        Open = true;
        return [];
    }
}
