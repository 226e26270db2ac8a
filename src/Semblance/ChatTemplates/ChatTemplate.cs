using System.Text;
using System.Text.RegularExpressions;
using Semblance.Transformers;

namespace Semblance.ChatTemplates;

/// <summary>
/// Represents a chat template in the part of Jinja that models use to format messages as one text: outputs, <c>set</c>, <c>if</c>,
/// <c>for</c> and comments, with white space as in transformers. When a template is read, anything that is not supported is reported.
/// </summary>
internal sealed partial class ChatTemplate
{
    private const int Longest = 1 << 16;
    private const int Deepest = 8; // deeper nesting than in any real template could take forever

    private readonly Action<TemplateScope> _body;

    /// <summary>Initializes a new instance of the <see cref="ChatTemplate"/> class from its source.</summary>
    /// <param name="path">The file of the template, for messages.</param>
    /// <param name="source">The source of the template.</param>
    /// <exception cref="ModelFormatException">The template is damaged, or uses a feature that is not supported.</exception>
    public ChatTemplate(string path, string source)
    {
        (Path, Source) = (path, source);
        if (source.Length > Longest)
        {
            throw Fault($"has {source.Length:N0} characters; expected at most {Longest:N0}");
        }

        var parts = Parts(source.ReplaceLineEndings("\n"));
        var next = 0;
        _body = Block(parts, ref next, 0);
        if (next < parts.Count)
        {
            throw Fault($"'{parts[next].Content}' has no beginning");
        }
    }

    /// <summary>Reads a template file.</summary>
    /// <param name="path">The file.</param>
    /// <exception cref="ModelFormatException">The file is too large, is not UTF-8, or is not a supported template.</exception>
    public static ChatTemplate ReadFile(string path)
    {
        var length = new FileInfo(path).Length;
        if (length > 4L * Longest)
        {
            throw new ModelFormatException(path, $"the chat template has {length:N0} bytes; expected at most {Longest:N0} characters.");
        }

        try
        {
            using var reader = new StreamReader(path, new UTF8Encoding(false, throwOnInvalidBytes: true));
            return new ChatTemplate(path, reader.ReadToEnd());
        }
        catch (DecoderFallbackException e)
        {
            throw new ModelFormatException(path, "the chat template has bytes that are not UTF-8.", e);
        }
    }

    /// <summary>Gets the file of the template.</summary>
    public string Path { get; }

    /// <summary>Gets the source of the template.</summary>
    public string Source { get; }

    /// <summary>Returns the text of the template for given variables.</summary>
    /// <param name="variables">The variables: texts, numbers, Boolean values, lists and dictionaries of them.</param>
    /// <exception cref="ModelFormatException">
    /// The template uses a part of an undefined value, or takes more steps or text than its length and the variables justify.
    /// </exception>
    public string Render(IEnumerable<KeyValuePair<string, object?>> variables)
    {
        var scope = new TemplateScope(variables, Source.Length, Fault);
        _body(scope);
        return scope.Text.ToString();
    }

    private ModelFormatException Fault(string problem) => new(Path, $"the chat template: {problem}.");

    // Splits the template into parts and removes the white space that its marks and the settings of transformers (trim_blocks,
    // lstrip_blocks) remove.
    private List<(char Kind, string Content)> Parts(string source)
    {
        var parts = new List<(char, string)>();
        source = source.EndsWith('\n') ? source[..^1] : source;
        var (position, startsLine, trims) = (0, true, false);
        while (NextMark(source, position) is var start and >= 0)
        {
            var (kind, end) = (source[start + 1], EndOfMark(source, start));
            var content = source[(start + 2)..end];
            var takesBefore = content.StartsWith('-');
            content = takesBefore ? content[1..] : content;
            var takesAfter = content.EndsWith('-');
            content = takesAfter ? content[..^1] : content;
            var text = source[position..start];
            if (takesBefore)
            {
                text = text.TrimEnd();
            }
            else if (kind != '{')
            {
                var line = text.LastIndexOf('\n') + 1;
                text = (line > 0 || startsLine) && string.IsNullOrWhiteSpace(text[line..]) ? text[..line] : text;
            }

            parts.Add(('t', text));
            parts.Add((kind, content.Trim()));
            (position, trims, startsLine) = (end + 2, takesAfter, false);
            while (position < source.Length
                && (trims ? char.IsWhiteSpace(source[position]) : kind != '{' && position == end + 2 && source[position] == '\n'))
            {
                startsLine = source[position] == '\n';
                position++;
            }
        }

        parts.Add(('t', source[position..]));
        return parts;
    }

    private static int NextMark(string source, int position)
    {
        for (var start = source.IndexOf('{', position); start >= 0; start = source.IndexOf('{', start + 1))
        {
            if (start + 1 < source.Length && source[start + 1] is '{' or '%' or '#')
            {
                return start;
            }
        }

        return -1;
    }

    // A quoted text may contain the end of a mark; a comment has no quoted texts.
    private int EndOfMark(string source, int start)
    {
        var kind = source[start + 1];
        var close = kind switch { '{' => "}}", '%' => "%}", _ => "#}" };
        var quote = '\0';
        for (var i = start + 2; i < source.Length; i++)
        {
            if (quote == '\0' && string.CompareOrdinal(source, i, close, 0, close.Length) == 0)
            {
                return i;
            }

            if (quote != '\0' && source[i] == '\\')
            {
                i++;
            }
            else if (kind != '#' && source[i] is '\'' or '"')
            {
                quote = quote == '\0' ? source[i] : quote == source[i] ? '\0' : quote;
            }
        }

        throw Fault($"the mark at '{source[start..Math.Min(start + 20, source.Length)]}' is not closed");
    }

    // Reads up to the end, or to a tag that an enclosing block expects, which is not consumed.
    private Action<TemplateScope> Block(List<(char Kind, string Content)> parts, ref int next, int depth)
    {
        if (depth > Deepest)
        {
            throw Fault($"more than {Deepest} tags are nested");
        }

        var steps = new List<Action<TemplateScope>>();
        for (; next < parts.Count; next++)
        {
            var (kind, content) = parts[next];
            if (kind == 't')
            {
                steps.Add(scope =>
                {
                    scope.Charge(content.Length + 1);
                    scope.Text.Append(content);
                });
            }
            else if (kind == '{')
            {
                var value = Read(content);
                steps.Add(scope =>
                {
                    var shown = TemplateExpression.Show(value(scope));
                    scope.Charge(shown.Length);
                    scope.Text.Append(shown);
                });
            }
            else if (kind == '%')
            {
                var words = content.Split(' ', 2, StringSplitOptions.TrimEntries);
                switch (words[0])
                {
                    case "set" when words.Length == 2 && Assignment().Match(words[1]) is { Success: true } assignment:
                        var (name, assigned) = (assignment.Groups[1].Value, Read(assignment.Groups[2].Value));
                        steps.Add(scope => scope[name] = assigned(scope));
                        break;
                    case "if" when words.Length == 2:
                        steps.Add(Condition(parts, ref next, depth + 1));
                        break;
                    case "for" when words.Length == 2 && Loop().Match(words[1]) is { Success: true } loop:
                        steps.Add(Repetition(parts, ref next, depth + 1, loop.Groups[1].Value, Read(loop.Groups[2].Value)));
                        break;
                    case "elif" or "else" or "endif" or "endfor":
                        return Run;
                    default:
                        throw Fault($"'{content}' is not supported; supported are set, if, elif, else, for");
                }
            }
        }

        return Run;

        void Run(TemplateScope scope) => steps.ForEach(step => step(scope));
    }

    private Action<TemplateScope> Condition(List<(char Kind, string Content)> parts, ref int next, int depth)
    {
        var cases = new List<(Func<TemplateScope, object?> Condition, Action<TemplateScope> Body)>();
        while (true)
        {
            var words = parts[next++].Content.Split(' ', 2, StringSplitOptions.TrimEntries);
            var condition = words is ["if" or "elif", var expression] ? Read(expression) : _ => true;
            cases.Add((condition, Block(parts, ref next, depth)));
            if (next == parts.Count || parts[next].Content == "endfor" || (words[0] == "else" && parts[next].Content != "endif"))
            {
                throw Fault("an 'if' has no 'endif'");
            }

            if (parts[next].Content == "endif")
            {
                return scope => cases.Find(one => TemplateExpression.IsTrue(one.Condition(scope))).Body?.Invoke(scope);
            }
        }
    }

    private Action<TemplateScope> Repetition(
        List<(char Kind, string Content)> parts, ref int next, int depth, string name, Func<TemplateScope, object?> list)
    {
        next++;
        var body = Block(parts, ref next, depth);
        if (next == parts.Count || parts[next].Content != "endfor")
        {
            throw Fault("a 'for' has no 'endfor'");
        }

        return scope =>
        {
            var items = list(scope) as IReadOnlyList<object?> ?? throw Fault($"'{name}' iterates over a value that is not a list");
            for (var i = 0; i < items.Count; i++)
            {
                scope.Charge(1);
                var inner = scope.Inner();
                inner[name] = items[i];
                inner["loop"] = new Dictionary<string, object?>
                {
                    ["index"] = i + 1L,
                    ["index0"] = (long)i,
                    ["first"] = i == 0,
                    ["last"] = i == items.Count - 1,
                };
                body(inner);
            }
        };
    }

    private Func<TemplateScope, object?> Read(string expression) => TemplateExpression.Read(expression, Fault);

    [GeneratedRegex(@"(?s)^(\w+)\s*=(?!=)\s*(.+)$")]
    private static partial Regex Assignment();

    [GeneratedRegex(@"(?s)^(\w+)\s+in\s+(.+)$")]
    private static partial Regex Loop();
}
