using System.Text.Json;
using System.Text.RegularExpressions;
using Semblance.Transformers;

namespace Semblance.Modules;

/// <summary>
/// Represents a rule of a router: the route of a task and a modality. Files contain the two as a Python tuple, such as <c>('query',
/// None)</c>.
/// </summary>
/// <param name="Key">The tuple, as in the file.</param>
/// <param name="Task">The task, such as <c>query</c>; null for any.</param>
/// <param name="Modality">The modality, such as <c>text</c>; null for any.</param>
/// <param name="Route">The route.</param>
internal sealed partial record RouteMapping(string Key, string? Task, string? Modality, string Route)
{
    /// <summary>The only modality that reaches a router here.</summary>
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
                throw parameters.Fault(Field, $"has '{rule.Name}': {rule.Value.GetRawText()}; expected a task and a modality such as "
                    + "('query', 'text'), and the name of a route");
            }

            mappings.Add(new RouteMapping(rule.Name, Part(parts.Groups["task"].Value),
                Part(parts.Groups["modality"].Value), rule.Value.GetString()!));
        }

        return mappings;
    }

    /// <summary>Writes the rules as <see cref="Read"/> reads them; nothing if there are none.</summary>
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

    /// <summary>Returns the route of a text by the most specific rule; null if no rule matches.</summary>
    /// <param name="mappings">The rules.</param>
    /// <param name="task">The task; null if it is not specified.</param>
    public static string? Find(IReadOnlyList<RouteMapping> mappings, string? task)
    {
        return Of(task, Text) ?? Of(task, null) ?? Of(null, Text) ?? Of(null, null);

        string? Of(string? wanted, string? modality) =>
            mappings.FirstOrDefault(mapping => mapping.Task == wanted && mapping.Modality == modality)?.Route;
    }

    [GeneratedRegex("""^\(\s*(?<task>None|'[^']*'|"[^"]*")\s*,\s*(?<modality>None|'[^']*'|"[^"]*"|\([^()]*\))\s*\)$""")]
    private static partial Regex Tuple();

    // A modality of several parts, such as ('image', 'text'), does not match texts.
    private static string? Part(string part) => part == "None" ? null : part[0] == '(' ? part : part[1..^1];
}
