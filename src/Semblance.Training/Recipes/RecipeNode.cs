using System.Globalization;
using System.Numerics;
using System.Text;
using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace Semblance.Training.Recipes;

/// <summary>
/// Represents a node of a recipe's YAML. Its methods check the values that they read, and their error messages name file, line and key.
/// </summary>
public sealed class RecipeNode
{
    private const long LargestFile = 1 << 20;
    private const long LargestSize = 1 << 22;
    private const int UnitsPerValue = 16;

    private readonly string _path;
    private readonly string _name;
    private readonly YamlNode _node;
    private long? _line; // for settings that are not in the file

    private RecipeNode(string path, string name, YamlNode node) => (_path, _name, _node) = (path, name, node);

    /// <summary>Reads the text of a file.</summary>
    /// <exception cref="RecipeException">The file is not UTF-8, or exceeds the maximum size of a recipe.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public static string ReadText(string path)
    {
        var length = new FileInfo(path) is { Exists: true } file ? file.Length : 0;
        var text = new char[(length == 0 ? LargestFile : Math.Min(length, LargestFile)) + 1]; // a pipe has no length
        try
        {
            using var reader = new StreamReader(path, new UTF8Encoding(false, throwOnInvalidBytes: true));
            var count = length > LargestFile ? text.Length : reader.ReadBlock(text);
            return count < text.Length
                ? new string(text, 0, count)
                : throw new RecipeException(path, 1, $"{length:N0} bytes are too many for a recipe; expected at most {LargestFile:N0}.");
        }
        catch (DecoderFallbackException)
        {
            throw new RecipeException(path, 1, "found bytes that are not UTF-8; save the recipe as UTF-8.");
        }
    }

    /// <summary>Parses a recipe.</summary>
    /// <param name="text">The text, in YAML.</param>
    /// <param name="path">The path of the file, for messages.</param>
    /// <exception cref="RecipeException">
    /// The text is not YAML, is not a mapping, or exceeds the maximum size of a recipe after its aliases are expanded.
    /// </exception>
    public static RecipeNode Parse(string text, string path)
    {
        var stream = new YamlStream();
        try
        {
            stream.Load(new RecipeParser(path, new StringReader(text)));
        }
        catch (YamlException e)
        {
            throw new RecipeException(path, e.Start.Line, $"this is not YAML: {e.Message}");
        }

        var root = stream.Documents is [{ RootNode: YamlMappingNode mapping }]
            ? new RecipeNode(path, "the recipe", mapping)
            : throw new RecipeException(path, 1, "a recipe is one YAML mapping, as in 'model: …'.");
        root.Size = root.Measure(root._node, 0, 0);
        return root;
    }

    /// <summary>
    /// Gets the size of the whole recipe with all aliases expanded: one unit for each character, and some for each value. It is set for the
    /// root only.
    /// </summary>
    public long Size { get; private set; }

    /// <summary>
    /// Sets a copy of the value at a dotted path of keys and indices, such as <c>datasets.0.batch-size</c>. All keys except the last must
    /// exist.
    /// </summary>
    public void Set(string dotted, YamlNode value)
    {
        var keys = dotted.Split('.');
        var node = _node;
        foreach (var key in keys[..^1])
        {
            node = node switch
            {
                YamlMappingNode mapping when mapping.Children.TryGetValue(key, out var child) => child,
                YamlSequenceNode sequence when int.TryParse(key, CultureInfo.InvariantCulture, out var place)
                    && place >= 0 && place < sequence.Children.Count => sequence.Children[place],
                _ => throw Fault($"there is no '{key}' on the way to '{dotted}'."),
            };
        }

        if (node is not YamlMappingNode last)
        {
            throw Fault($"'{dotted}' does not lead to a key.");
        }

        last.Children[keys[^1]] = Copy(value);
    }

    /// <summary>Gets the YAML node.</summary>
    public YamlNode Yaml => _node;

    /// <summary>Gets a value that indicates whether the node is a mapping.</summary>
    public bool IsMapping => _node is YamlMappingNode;

    /// <summary>Returns the value of a key; <see langword="null"/> if the key is missing.</summary>
    public RecipeNode? Find(string key) =>
        Mapping().Children.TryGetValue(key, out var child) && child is not YamlScalarNode { Value: null or "" }
            ? new RecipeNode(_path, $"'{key}'", child)
            : null;

    /// <summary>Returns the value of a key.</summary>
    public RecipeNode Get(string key) => Find(key) ?? throw Fault($"{_name} lacks '{key}'.");

    /// <summary>Returns all scalar values below the node, each with its dotted path.</summary>
    public IEnumerable<KeyValuePair<string, string>> Settings(string path = "") => _node switch
    {
        YamlMappingNode => Entries().SelectMany(entry => entry.Value.Settings(path.Length == 0 ? entry.Key : $"{path}.{entry.Key}")),
        YamlSequenceNode { Children: var children } when children.All(child => child is YamlScalarNode) =>
            [new(path, string.Join(", ", children))],
        YamlSequenceNode => Items().SelectMany((item, i) => item.Settings($"{path}.{i}")),
        _ => [new(path, Text())],
    };

    /// <summary>Checks that the mapping has no keys other than the given ones.</summary>
    public RecipeNode Only(params string[] keys)
    {
        foreach (var key in Mapping().Children.Keys)
        {
            if (!keys.Contains(key.ToString()))
            {
                throw new RecipeException(_path, key.Start.Line, $"{_name} has no setting '{key}'; expected {string.Join(", ", keys)}.");
            }
        }

        return this;
    }

    /// <summary>Returns the items of a list; a single value is a list of one.</summary>
    public IReadOnlyList<RecipeNode> Items() =>
        _node is YamlSequenceNode sequence
            ? [.. sequence.Children.Select((child, i) => new RecipeNode(_path, $"item {i + 1} of {_name}", child))]
            : [this];

    /// <summary>Returns the keys and their values.</summary>
    public IEnumerable<KeyValuePair<string, RecipeNode>> Entries() =>
        Mapping().Children.Select(child => KeyValuePair.Create(child.Key.ToString(), new RecipeNode(_path, $"'{child.Key}'", child.Value)));

    /// <summary>Returns a name with its settings: <c>Name</c> alone, or <c>Name: { settings }</c>.</summary>
    public (string Name, RecipeNode Settings) Named()
    {
        if (_node is YamlScalarNode)
        {
            var name = Text();
            return (name, new RecipeNode(_path, name, new YamlMappingNode()) { _line = _node.Start.Line });
        }

        return Mapping().Children.Count == 1
            ? Entries().Select(entry => (entry.Key, new RecipeNode(_path, entry.Key, entry.Value._node))).Single()
            : throw Fault($"{_name} needs one name, with its settings below it.");
    }

    /// <summary>Returns the value as a string.</summary>
    public string Text() => _node is YamlScalarNode { Value: { } value } ? value : throw Fault($"{_name} needs a text.");

    /// <summary>Returns the value of one of several names.</summary>
    public T OneOf<T>(params ReadOnlySpan<(string Name, T Value)> choices)
    {
        foreach (var (name, value) in choices)
        {
            if (name == Text())
            {
                return value;
            }
        }

        throw Fault($"{_name} is '{Text()}'; it can be {string.Join(", ", choices.ToArray().Select(choice => choice.Name))}.");
    }

    /// <summary>Returns the value as a number from <paramref name="least"/> to <paramref name="most"/>.</summary>
    public T Number<T>(T least, T most)
        where T : INumber<T> =>
        T.TryParse(Text(), NumberStyles.Float, CultureInfo.InvariantCulture, out var number) && number >= least && number <= most
            ? number
            : throw Fault(string.Create(
                CultureInfo.InvariantCulture,
                $"{_name} is '{Text()}'; a {(T.IsInteger(T.One / (T.One + T.One)) ? "whole number" : "number")}{Range(least, most)} "
                + $"is expected."));

    // Describes a range for people: a bound that only the type sets is left out, and the smallest number above 0 is "above 0".
    private static string Range<T>(T least, T most)
        where T : INumber<T>
    {
        var (lower, upper) = (double.CreateChecked(least), double.CreateChecked(most));
        var isAbove = lower is > 0 and < 1e-30;
        var from = lower <= int.MinValue ? "" : isAbove ? " above 0" : string.Create(CultureInfo.InvariantCulture, $" from {lower}");
        return upper < int.MaxValue
            ? string.Create(CultureInfo.InvariantCulture, $"{from} {(isAbove ? "and at most" : "to")} {upper:0.######}")
            : from.Length == 0 || isAbove ? from : from + " on";
    }

    /// <summary>Returns the value as an integer from 1.</summary>
    public int Count() => Number(1, int.MaxValue);

    /// <summary>Returns the value as a number above zero.</summary>
    public double Positive() => Number(double.Epsilon, double.MaxValue);

    /// <summary>Returns the value as a Boolean.</summary>
    public bool Flag() => OneOf(("true", true), ("false", false));

    /// <summary>Returns an exception with a message that names this node's place in the file.</summary>
    public RecipeException Fault(string problem) => new(_path, _line ?? LineOf(_node), problem);

    // A copy has no position in the file, but the nodes in it have.
    private static long LineOf(YamlNode node) => node switch
    {
        YamlMappingNode { Start.Line: <= 1, Children: { Count: > 0 } children } => LineOf(children[0].Key),
        YamlSequenceNode { Start.Line: <= 1, Children: { Count: > 0 } children } => LineOf(children[0]),
        _ => Math.Max(1, node.Start.Line),
    };

    // An alias can contain itself, or double its content again and again.
    private long Measure(YamlNode node, long size, int depth)
    {
        if (depth > RecipeParser.Deepest)
        {
            throw new RecipeException(
                _path, Math.Max(1, node.Start.Line),
                $"with its aliases followed, more than {RecipeParser.Deepest} levels are nested; an alias may contain itself.");
        }

        size += UnitsPerValue + ((node as YamlScalarNode)?.Value?.Length ?? 0);
        if (size > LargestSize)
        {
            throw new RecipeException(
                _path, Math.Max(1, node.Start.Line), "with its aliases followed, the recipe is too large; write fewer aliases.");
        }

        foreach (var child in node switch
        {
            YamlMappingNode mapping => mapping.Children.SelectMany(child => (YamlNode[])[child.Key, child.Value]),
            YamlSequenceNode sequence => sequence.Children,
            _ => []
        })
        {
            size = Measure(child, size, depth + 1);
        }

        return size;
    }

    // A copy, so that setting a value in one place changes no other.
    private static YamlNode Copy(YamlNode node) => node switch
    {
        YamlMappingNode mapping => new YamlMappingNode(mapping.Children.Select(child => KeyValuePair.Create(child.Key, Copy(child.Value)))),
        YamlSequenceNode sequence => new YamlSequenceNode(sequence.Children.Select(Copy)),
        _ => node,
    };

    private YamlMappingNode Mapping() => _node as YamlMappingNode ?? throw Fault($"{_name} needs keys with values, as in 'key: value'.");
}
