namespace Semblance.Server.Collections;

/// <summary>
/// Represents the filter of a search: in JSON an object of labels with a value, or with an array of values of which one must match. The
/// members <c>$and</c> and <c>$or</c> have arrays of filters, <c>$not</c> has a filter, and <c>$ids</c> an array of ids.
/// </summary>
internal sealed class CollectionFilter
{
    private const int MaxDepth = 16;

    private readonly Func<VectorId, IReadOnlyDictionary<string, string>?, bool> _matches;

    private CollectionFilter(VectorFilter? vectors, Func<VectorId, IReadOnlyDictionary<string, string>?, bool> matches) =>
        (Vectors, _matches) = (vectors, matches);

    /// <summary>Gets the filter of the index; <see langword="null"/> for all documents.</summary>
    public VectorFilter? Vectors { get; }

    /// <summary>Returns whether a document matches.</summary>
    public bool Matches(VectorId id, IReadOnlyDictionary<string, string>? labels) => _matches(id, labels);

    /// <summary>Reads a filter.</summary>
    /// <exception cref="RequestException">The filter has another shape.</exception>
    public static CollectionFilter Parse(JsonElement json) => Parse(json, 0);

    private static CollectionFilter Parse(JsonElement json, int depth)
    {
        if (json.ValueKind != JsonValueKind.Object || depth > MaxDepth)
        {
            throw Wrong($"found {json.ValueKind}; expected an object of labels, at most {MaxDepth} deep");
        }

        return All([.. json.EnumerateObject().Select(member => member.Name switch
        {
            "$and" => All(Filters(member, depth)),
            "$or" => Any(Filters(member, depth)),
            "$not" => Not(Parse(member.Value, depth + 1)),
            "$ids" => Ids(member),
            [not '$', ..] or "" => Label(member),
            var name => throw Wrong($"there is no operator '{name}'; expected $and, $or, $not or $ids"),
        })]);
    }

    private static CollectionFilter[] Filters(JsonProperty member, int depth) => member.Value.ValueKind == JsonValueKind.Array
        ? [.. member.Value.EnumerateArray().Select(filter => Parse(filter, depth + 1))]
        : throw Wrong($"'{member.Name}' is {member.Value.ValueKind}; expected an array of filters");

    private static CollectionFilter All(CollectionFilter[] filters) => filters.Length == 1 ? filters[0] : new(
        filters.Select(filter => filter.Vectors).Aggregate((VectorFilter?)null, (all, one) => all is null ? one : one is null ? all : all & one),
        (id, labels) => Array.TrueForAll(filters, filter => filter.Matches(id, labels)));

    private static CollectionFilter Any(CollectionFilter[] filters) => filters.Length == 0
        ? new(VectorFilter.Ids(), (_, _) => false)
        : new(
            Array.Exists(filters, filter => filter.Vectors is null) ? null : filters.Select(filter => filter.Vectors!).Aggregate((a, b) => a | b),
            (id, labels) => Array.Exists(filters, filter => filter.Matches(id, labels)));

    private static CollectionFilter Not(CollectionFilter filter) => new(
        filter.Vectors is { } vectors ? !vectors : VectorFilter.Ids(), (id, labels) => !filter.Matches(id, labels));

    private static CollectionFilter Ids(JsonProperty member)
    {
        if (member.Value.ValueKind != JsonValueKind.Array)
        {
            throw Wrong($"'$ids' is {member.Value.ValueKind}; expected an array of ids");
        }

        HashSet<VectorId> ids = [.. member.Value.EnumerateArray().Select(id => id.ValueKind switch
        {
            JsonValueKind.String => (VectorId)id.GetString()!,
            JsonValueKind.Number when id.TryGetInt64(out var number) => number,
            _ => throw Wrong($"'$ids' has {id.ValueKind}; expected texts and whole numbers"),
        })];
        return new CollectionFilter(new IdFilter(ids), (id, _) => ids.Contains(id));
    }

    private static CollectionFilter Label(JsonProperty member)
    {
        var key = member.Name;
        JsonElement[] values = member.Value.ValueKind == JsonValueKind.Array ? [.. member.Value.EnumerateArray()] : [member.Value];
        string[] texts = [.. values.Select(value => value.ValueKind == JsonValueKind.String
            ? value.GetString()!
            : throw Wrong($"the label '{key}' is {value.ValueKind}; expected a text, or an array of texts"))];
        return Any([.. texts.Select(text => new CollectionFilter(
            VectorFilter.Label(key, text), (_, labels) => labels is not null && labels.TryGetValue(key, out var value) && value == text))]);
    }

    private static RequestException Wrong(string problem) => RequestException.Validation($"`filter`: {problem}.", "filter");
}
