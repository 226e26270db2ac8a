using System.Text;
using System.Text.RegularExpressions;
using Semblance.Transformers;

namespace Semblance.ChatTemplates;

/// <summary>
/// A chat template: the part of Jinja that models use to make one text of messages. There are outputs, <c>set</c>, <c>if</c>, <c>for</c> and comments,
/// with white space as transformers leaves it. What there is not is named when the template is read.
/// </summary>
internal sealed partial class ChatTemplate
{
    private const int Longest = 1 << 16;
    private const int Deepest = 8; // what is nested deeper than any template could take for ever

    // A text in quotes may hold what would end the mark. What is never closed must not be looked for from every place again.
    private static readonly Regex Marks = new(
        """\{#(?<before>-?)(?<content>.*?)(?<after>-?)#\}""" +
        """|\{\{(?<before>-?)(?<content>(?:'(?:\\.|[^'\\])*'|"(?:\\.|[^"\\])*"|[^'"])*?)(?<after>-?)\}\}""" +
        """|\{%(?<before>-?)(?<content>(?:'(?:\\.|[^'\\])*'|"(?:\\.|[^"\\])*"|[^'"])*?)(?<after>-?)%\}""",
        RegexOptions.Singleline | RegexOptions.NonBacktracking);

    private readonly Action<Dictionary<string, object?>, StringBuilder> _body;

    /// <summary>Reads a template.</summary>
    /// <param name="path">The file it is from, for messages.</param>
    /// <param name="source">The template.</param>
    /// <exception cref="ModelFormatException">The template is damaged, or has what is not supported.</exception>
    public ChatTemplate(string path, string source)
    {
        (Path, Source) = (path, source);
        if (source.Length > Longest)
        {
            throw Fault($"has {source.Length:N0} characters; expected at most {Longest:N0}");
        }

        var parts = Parts(source.ReplaceLineEndings("\n"));
        if (parts.Find(part => part.Kind == 't' && Unclosed().IsMatch(part.Content)) is (_, { } text))
        {
            throw Fault($"a mark after '{text[..Math.Min(20, text.Length)]}' is not closed");
        }

        var next = 0;
        _body = Block(parts, ref next, 0);
        if (next < parts.Count)
        {
            throw Fault($"'{parts[next].Content}' has no beginning");
        }
    }

    /// <summary>The file the template is from.</summary>
    public string Path { get; }

    /// <summary>The template as it was read.</summary>
    public string Source { get; }

    /// <summary>The text that the template makes.</summary>
    /// <param name="variables">What it can name: texts, numbers, truth values, lists and dictionaries of them.</param>
    /// <exception cref="ModelFormatException">The template asks for a part of what is not there.</exception>
    public string Render(IEnumerable<KeyValuePair<string, object?>> variables)
    {
        var text = new StringBuilder();
        _body(new Dictionary<string, object?>(variables, StringComparer.Ordinal), text);
        return text.ToString();
    }

    private ModelFormatException Fault(string problem) => new(Path, $"the chat template: {problem}.");

    // The template in its parts, with the white space taken that its marks and the settings of transformers (trim_blocks, lstrip_blocks) take.
    private static List<(char Kind, string Content)> Parts(string source)
    {
        var parts = new List<(char, string)>();
        source = source.EndsWith('\n') ? source[..^1] : source;
        var (position, startsLine, trims) = (0, true, false);
        foreach (Match mark in Marks.Matches(source))
        {
            var (text, kind) = (source[position..mark.Index], mark.Value[1]);
            text = trims ? text.TrimStart() : text;
            if (mark.Groups["before"].Length > 0)
            {
                text = text.TrimEnd();
            }
            else if (kind != '{')
            {
                var line = text.LastIndexOf('\n') + 1;
                text = (line > 0 || startsLine) && string.IsNullOrWhiteSpace(text[line..]) ? text[..line] : text;
            }

            parts.Add(('t', text));
            parts.Add((kind, mark.Groups["content"].Value.Trim()));
            (position, trims) = (mark.Index + mark.Length, mark.Groups["after"].Length > 0);
            var skipped = trims ? source[position..].Length - source[position..].TrimStart().Length : kind != '{' && position < source.Length && source[position] == '\n' ? 1 : 0;
            startsLine = skipped > 0 && source[position + skipped - 1] == '\n';
            position += skipped;
        }

        parts.Add(('t', source[position..]));
        return parts;
    }

    // Up to the end, or to a tag that an enclosing one waits for, which stays.
    private Action<Dictionary<string, object?>, StringBuilder> Block(List<(char Kind, string Content)> parts, ref int next, int depth)
    {
        if (depth > Deepest)
        {
            throw Fault($"more than {Deepest} tags are nested");
        }

        var steps = new List<Action<Dictionary<string, object?>, StringBuilder>>();
        for (; next < parts.Count; next++)
        {
            var (kind, content) = parts[next];
            if (kind == 't')
            {
                steps.Add((_, text) => text.Append(content));
            }
            else if (kind == '{')
            {
                var value = Read(content);
                steps.Add((scope, text) => text.Append(TemplateExpression.Show(value(scope))));
            }
            else if (kind == '%')
            {
                var words = content.Split(' ', 2, StringSplitOptions.TrimEntries);
                switch (words[0])
                {
                    case "set" when words.Length == 2 && Assignment().Match(words[1]) is { Success: true } assignment:
                        var (name, assigned) = (assignment.Groups[1].Value, Read(assignment.Groups[2].Value));
                        steps.Add((scope, _) => scope[name] = assigned(scope));
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

        void Run(Dictionary<string, object?> scope, StringBuilder text) => steps.ForEach(step => step(scope, text));
    }

    private Action<Dictionary<string, object?>, StringBuilder> Condition(List<(char Kind, string Content)> parts, ref int next, int depth)
    {
        var cases = new List<(Func<Dictionary<string, object?>, object?> Condition, Action<Dictionary<string, object?>, StringBuilder> Body)>();
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
                return (scope, text) => cases.Find(one => TemplateExpression.IsTrue(one.Condition(scope))).Body?.Invoke(scope, text);
            }
        }
    }

    private Action<Dictionary<string, object?>, StringBuilder> Repetition(
        List<(char Kind, string Content)> parts, ref int next, int depth, string name, Func<Dictionary<string, object?>, object?> list)
    {
        next++;
        var body = Block(parts, ref next, depth);
        if (next == parts.Count || parts[next].Content != "endfor")
        {
            throw Fault("a 'for' has no 'endfor'");
        }

        return (scope, text) =>
        {
            var items = list(scope) as IReadOnlyList<object?> ?? throw Fault($"'{name}' goes through what is no list");
            for (var i = 0; i < items.Count; i++)
            {
                // What a body sets is forgotten after it.
                body(new Dictionary<string, object?>(scope, StringComparer.Ordinal)
                {
                    [name] = items[i],
                    ["loop"] = new Dictionary<string, object?> { ["index"] = i + 1L, ["index0"] = (long)i, ["first"] = i == 0, ["last"] = i == items.Count - 1 },
                }, text);
            }
        };
    }

    private Func<Dictionary<string, object?>, object?> Read(string expression) => TemplateExpression.Read(expression, Fault);

    [GeneratedRegex(@"\{[{%#]")]
    private static partial Regex Unclosed();

    [GeneratedRegex(@"(?s)^(\w+)\s*=(?!=)\s*(.+)$")]
    private static partial Regex Assignment();

    [GeneratedRegex(@"(?s)^(\w+)\s+in\s+(.+)$")]
    private static partial Regex Loop();
}
