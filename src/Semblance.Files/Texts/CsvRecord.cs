using System.Text;

namespace Semblance.Files;

/// <summary>Reads the records of a CSV file line by line; a record stays open while a quoted field spans lines.</summary>
/// <param name="path">The path of the file, for messages.</param>
internal sealed class CsvRecord(string path)
{
    // The maximum number of characters of a record, which limits an unclosed quote.
    private const int Longest = 1 << 24;

    private readonly List<string> _fields = [];
    private readonly StringBuilder _field = new();
    private readonly StringBuilder _source = new();
    private string? _problem;
    private long _line;
    private long _quoteLine;
    private bool _isOpen;

    /// <summary>
    /// Adds a line; returns the record that it completes, or <see langword="null"/>. Blank lines between records are skipped.
    /// </summary>
    /// <exception cref="TextFormatException">The record is too long.</exception>
    public TextRecord? Add(TextLine line)
    {
        if (line.Text.Length == 0 && !_isOpen)
        {
            return null;
        }

        _line = _isOpen ? _line : line.Number;
        _source.Append(_isOpen ? "\n" : "").Append(line.Text);
        _problem ??= line.Problem;
        Split(line);
        if (_source.Length > Longest)
        {
            throw new TextFormatException(path, _isOpen ? _quoteLine : _line, _isOpen
                ? $"a double quote opens a field that is not closed within {Longest >> 20} Mi characters; close it, or double the quotes "
                    + "inside the field."
                : $"the row has more than {Longest >> 20} Mi characters; check that the file is CSV.");
        }

        return _isOpen ? null : Take();
    }

    /// <summary>Throws if the file ends inside a record.</summary>
    /// <exception cref="TextFormatException">A quote is not closed: everything after it belongs to its field.</exception>
    public void Complete()
    {
        if (_isOpen)
        {
            throw new TextFormatException(
                path, _quoteLine,
                "a double quote opens a field that is not closed; close it, or double the quotes inside the field.");
        }
    }

    private TextRecord Take()
    {
        var record = new TextRecord(_line, [.. _fields], _source.ToString(), _problem);
        _fields.Clear();
        _source.Clear();
        _problem = null;
        return record;
    }

    private void Split(TextLine line)
    {
        var text = line.Text.AsSpan();
        if (_isOpen)
        {
            _field.Append('\n');
            text = Quoted(text);
        }

        while (!_isOpen)
        {
            if (text is ['"', ..])
            {
                _quoteLine = line.Number;
                text = Quoted(text[1..]);
            }
            else
            {
                var end = text.IndexOf(',') is >= 0 and var comma ? comma : text.Length;
                _field.Append(text[..end]);
                text = text[end..];
            }

            if (_isOpen)
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

    // Reads a quoted field and returns the rest, which begins with a comma or is empty; the field stays open if the line ends first.
    private ReadOnlySpan<char> Quoted(ReadOnlySpan<char> text)
    {
        while (text.IndexOf('"') is >= 0 and var quote)
        {
            _field.Append(text[..quote]);
            text = text[(quote + 1)..];
            if (text is not ['"', ..])
            {
                _isOpen = false;
                var comma = text.IndexOf(',') is >= 0 and var found ? found : text.Length;
                _problem ??= comma == 0 ? null : "there is text after a closing double quote; double the quotes inside a field.";
                return text[comma..];
            }

            _field.Append('"');
            text = text[1..];
        }

        _field.Append(text);
        _isOpen = true;
        return [];
    }
}
