using System.Text;
using Semblance.Files;

namespace Semblance.Training;

/// <summary>Represents a CSV row that is being read; it stays open while a quoted field spans lines.</summary>
internal sealed class CsvRecord
{
    /// <summary>The maximum number of characters of a row, which limits an unclosed quote.</summary>
    public const int Longest = 1 << 24;

    private readonly List<string> _fields = [];
    private readonly StringBuilder _field = new();
    private string? _problem;

    /// <summary>Gets the first line of the row.</summary>
    public long Line { get; private set; }

    /// <summary>Gets the first line of the last quoted field.</summary>
    public long QuoteLine { get; private set; }

    /// <summary>Gets the number of characters of the row so far.</summary>
    public long Length { get; private set; }

    /// <summary>Gets a value that indicates whether the next line belongs to the row.</summary>
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

    /// <summary>Returns the complete row and starts another.</summary>
    public Row Take()
    {
        var row = new Row(Line, [.. _fields], _problem);
        _fields.Clear();
        _problem = null;
        return row;
    }

    // Reads a quoted field and returns the rest, which begins with a comma or is empty; the field stays open if the line ends first.
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
