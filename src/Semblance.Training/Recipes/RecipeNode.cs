using System.Globalization;
using System.Numerics;
using System.Text;
using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace Semblance.Training.Recipes;

/// <summary>A place in a recipe, which is YAML: what is read from it is checked, and faults name file, line and key.</summary>
public sealed class RecipeNode
{
    private const long LargestFile = 1 << 20;
    private const long LargestSize = 1 << 22;
    private const int UnitsPerValue = 16;

    private readonly string _path;
    private readonly string _name;
    private readonly YamlNode _node;
    private long? _line; // of settings that are not written

    private RecipeNode(string path, string name, YamlNode node) => (_path, _name, _node) = (path, name, node);

    /// <summary>Reads the text of a file.</summary>
    /// <exception cref="RecipeException">It is not UTF-8, or larger than a recipe can be.</exception>
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

    /// <summary>Parses a text.</summary>
    /// <param name="text">The text.</param>
    /// <param name="path">The file that it is from, for messages.</param>
    /// <exception cref="RecipeException">It is not YAML, not a mapping, or larger, with all aliases followed, than a recipe can be.</exception>
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

    /// <summary>Gets what the whole recipe takes with all aliases followed: a unit for each character, and some for each value. Of the root only.</summary>
    public long Size { get; private set; }

    /// <summary>Sets a copy of the value at a dotted path of keys and places, as <c>datasets.0.batch-size</c>; the key must be there or be the path's last.</summary>
    public void Set(string dotted, YamlNode value)
    {
        var keys = dotted.Split('.');
        var node = _node;
        foreach (var key in keys[..^1])
        {
            node = node switch
            {
                YamlMappingNode mapping when mapping.Children.TryGetValue(key, out var child) => child,
                YamlSequenceNode sequence when int.TryParse(key, CultureInfo.InvariantCulture, out var place) && place >= 0 && place < sequence.Children.Count => sequence.Children[place],
                _ => throw Fault($"there is no '{key}' on the way to '{dotted}'."),
            };
        }

        if (node is not YamlMappingNode last)
        {
            throw Fault($"'{dotted}' does not lead to a key.");
        }

        last.Children[keys[^1]] = Copy(value);
    }

    /// <summary>The node as YAML knows it.</summary>
    public YamlNode Yaml => _node;

    /// <summary>Whether the node has keys.</summary>
    public bool IsMapping => _node is YamlMappingNode;

    /// <summary>What is written at a key, or null.</summary>
    public RecipeNode? Find(string key) =>
        Mapping().Children.TryGetValue(key, out var child) && child is not YamlScalarNode { Value: null or "" } ? new RecipeNode(_path, $"'{key}'", child) : null;

    /// <summary>What is written at a key.</summary>
    public RecipeNode Get(string key) => Find(key) ?? throw Fault($"{_name} lacks '{key}'.");

    /// <summary>All that is written below, each value with the dotted path to it.</summary>
    public IEnumerable<KeyValuePair<string, string>> Settings(string path = "") => _node switch
    {
        YamlMappingNode => Entries().SelectMany(entry => entry.Value.Settings(path.Length == 0 ? entry.Key : $"{path}.{entry.Key}")),
        YamlSequenceNode { Children: var children } when children.All(child => child is YamlScalarNode) => [new(path, string.Join(", ", children))],
        YamlSequenceNode => Items().SelectMany((item, i) => item.Settings($"{path}.{i}")),
        _ => [new(path, Text())],
    };

    /// <summary>Checks that no other keys than these are there.</summary>
    public RecipeNode Only(params string[] keys)
    {
        foreach (var key in Mapping().Children.Keys)
        {
            if (!keys.Contains(key.ToString()))
            {
                throw new RecipeException(_path, key.Start.Line, $"{_name} knows no '{key}'; it knows {string.Join(", ", keys)}.");
            }
        }

        return this;
    }

    /// <summary>The items of a list; one value is a list of one.</summary>
    public IReadOnlyList<RecipeNode> Items() =>
        _node is YamlSequenceNode sequence ? [.. sequence.Children.Select((child, i) => new RecipeNode(_path, $"item {i + 1} of {_name}", child))] : [this];

    /// <summary>The keys and what is written at them.</summary>
    public IEnumerable<KeyValuePair<string, RecipeNode>> Entries() =>
        Mapping().Children.Select(child => KeyValuePair.Create(child.Key.ToString(), new RecipeNode(_path, $"'{child.Key}'", child.Value)));

    /// <summary>A name with settings: <c>Name</c> alone, or <c>Name: { settings }</c>.</summary>
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

    /// <summary>A text.</summary>
    public string Text() => _node is YamlScalarNode { Value: { } value } ? value : throw Fault($"{_name} needs a text.");

    /// <summary>One of some words.</summary>
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

    /// <summary>A number from <paramref name="least"/> to <paramref name="most"/>.</summary>
    public T Number<T>(T least, T most)
        where T : INumber<T> =>
        T.TryParse(Text(), NumberStyles.Float, CultureInfo.InvariantCulture, out var number) && number >= least && number <= most
            ? number
            : throw Fault(string.Create(CultureInfo.InvariantCulture, $"{_name} is '{Text()}'; a {(T.IsInteger(T.One / (T.One + T.One)) ? "whole number" : "number")} from {least} to {most} is expected."));

    /// <summary>A whole number from 1 on.</summary>
    public int Count() => Number(1, int.MaxValue);

    /// <summary>A number above zero.</summary>
    public double Positive() => Number(double.Epsilon, double.MaxValue);

    /// <summary>True or false.</summary>
    public bool Flag() => OneOf(("true", true), ("false", false));

    /// <summary>A fault at this place.</summary>
    public RecipeException Fault(string problem) => new(_path, _line ?? LineOf(_node), problem);

    // A copy has no place in the file, but what is in it has.
    private static long LineOf(YamlNode node) => node switch
    {
        YamlMappingNode { Start.Line: <= 1, Children: { Count: > 0 } children } => LineOf(children[0].Key),
        YamlSequenceNode { Start.Line: <= 1, Children: { Count: > 0 } children } => LineOf(children[0]),
        _ => Math.Max(1, node.Start.Line),
    };

    // An alias may stand for what holds it, or double what it stands for again and again.
    private long Measure(YamlNode node, long size, int depth)
    {
        if (depth > RecipeParser.Deepest)
        {
            throw new RecipeException(_path, Math.Max(1, node.Start.Line), $"with its aliases followed, more than {RecipeParser.Deepest} levels are nested; an alias may stand for what holds it.");
        }

        size += UnitsPerValue + ((node as YamlScalarNode)?.Value?.Length ?? 0);
        if (size > LargestSize)
        {
            throw new RecipeException(_path, Math.Max(1, node.Start.Line), "with its aliases followed, the recipe is too large; write fewer aliases.");
        }

        foreach (var child in node switch { YamlMappingNode mapping => mapping.Children.SelectMany(child => (YamlNode[])[child.Key, child.Value]), YamlSequenceNode sequence => sequence.Children, _ => [] })
        {
            size = Measure(child, size, depth + 1);
        }

        return size;
    }

    // So that what is set in one place changes no other.
    private static YamlNode Copy(YamlNode node) => node switch
    {
        YamlMappingNode mapping => new YamlMappingNode(mapping.Children.Select(child => KeyValuePair.Create(child.Key, Copy(child.Value)))),
        YamlSequenceNode sequence => new YamlSequenceNode(sequence.Children.Select(Copy)),
        _ => node,
    };

    private YamlMappingNode Mapping() => _node as YamlMappingNode ?? throw Fault($"{_name} needs keys with values, as in 'key: value'.");
}
