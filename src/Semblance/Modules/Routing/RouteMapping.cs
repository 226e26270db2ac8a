using System.Text.Json;
using System.Text.RegularExpressions;
using Semblance.Transformers;

namespace Semblance.Modules;

/// <summary>A rule of a router: which route a task and a kind of input take. Files have the two as Python writes a tuple, such as <c>('query', None)</c>.</summary>
/// <param name="Key">The two, as the file has them.</param>
/// <param name="Task">The task, such as <c>query</c>; null for any.</param>
/// <param name="Modality">The kind of input, such as <c>text</c>; null for any.</param>
/// <param name="Route">The route.</param>
internal sealed partial record RouteMapping(string Key, string? Task, string? Modality, string Route)
{
    /// <summary>The only kind of input that comes to a router here.</summary>
    public const string Text = "text";

    private const string Field = "route_mappings";

    /// <summary>Reads the rules of a router's parameters.</summary>
    public static IReadOnlyList<RouteMapping> Read(ConfigurationFile parameters)
    {
        var mappings = new List<RouteMapping>();
        foreach (var rule in parameters.Section(Field)?.Root.EnumerateObject().ToArray() ?? [])
        {
            if (rule.Value.ValueKind != JsonValueKind.String || Tuple().Match(rule.Name) is not { Success: true } parts)
            {
                throw parameters.Fault(Field, $"has '{rule.Name}': {rule.Value.GetRawText()}; expected a task and a kind of input such as ('query', 'text'), and the name of a route");
            }

            mappings.Add(new RouteMapping(rule.Name, Part(parts.Groups["task"].Value), Part(parts.Groups["modality"].Value), rule.Value.GetString()!));
        }

        return mappings;
    }

    /// <summary>Writes what <see cref="Read"/> reads; nothing where there are no rules.</summary>
    public static void Write(Utf8JsonWriter json, IReadOnlyList<RouteMapping> mappings)
    {
        if (mappings.Count > 0)
        {
            json.WriteStartObject(Field);
            foreach (var mapping in mappings)
            {
                json.WriteString(mapping.Key, mapping.Route);
            }

            json.WriteEndObject();
        }
    }

    /// <summary>The route of a text, by the rule that says most of it; null where no rule is for it.</summary>
    /// <param name="mappings">The rules.</param>
    /// <param name="task">The task; null where nobody says.</param>
    public static string? Find(IReadOnlyList<RouteMapping> mappings, string? task)
    {
        return Of(task, Text) ?? Of(task, null) ?? Of(null, Text) ?? Of(null, null);

        string? Of(string? wanted, string? modality) => mappings.FirstOrDefault(mapping => mapping.Task == wanted && mapping.Modality == modality)?.Route;
    }

    [GeneratedRegex("""^\(\s*(?<task>None|'[^']*'|"[^"]*")\s*,\s*(?<modality>None|'[^']*'|"[^"]*"|\([^()]*\))\s*\)$""")]
    private static partial Regex Tuple();

    // A kind of several parts, such as ('image', 'text'), is that of no text.
    private static string? Part(string part) => part == "None" ? null : part[0] == '(' ? part : part[1..^1];
}
