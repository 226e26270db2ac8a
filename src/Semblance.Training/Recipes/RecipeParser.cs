using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace Semblance.Training.Recipes;

/// <summary>
/// Provides the YAML events of a recipe, each checked: a recipe is one document without tags, nested at most <see cref="Deepest"/> levels
/// deep, whose keys are strings.
/// </summary>
/// <param name="path">The path of the recipe, for messages.</param>
/// <param name="text">The text of the recipe.</param>
internal sealed class RecipeParser(string path, TextReader text) : IParser
{
    /// <summary>The maximum nesting depth.</summary>
    public const int Deepest = 64;

    private readonly Parser _parser = new(text);
    private readonly Stack<Collection> _open = new();
    private int _documents;

    private enum Collection
    {
        Sequence,
        KeyOfMapping,
        ValueOfMapping,
    }

    /// <inheritdoc />
    public ParsingEvent? Current => _parser.Current;

    /// <inheritdoc />
    /// <exception cref="RecipeException">The text is not YAML, or uses a feature that recipes do not support.</exception>
    public bool MoveNext()
    {
        var line = Current?.End.Line ?? 1;
        try
        {
            if (!_parser.MoveNext())
            {
                return false;
            }
        }
        catch (YamlException e)
        {
            throw new RecipeException(path, e.Start.Line, $"this is not YAML: {e.Message}");
        }
#pragma warning disable CA1031 // The parser has faults of its own: any exception means that it cannot read the text.
        catch (Exception e) when (e is not OutOfMemoryException)
#pragma warning restore CA1031
        {
            throw new RecipeException(
                path, line, "this is not YAML; look for a bracket or a quotation mark that is not closed here or below.", e);
        }

        Check(_parser.Current!);
        return true;
    }

    private void Check(ParsingEvent current)
    {
        if (current is NodeEvent { Tag.IsEmpty: false } tagged
            && tagged.Tag != "!"
            && !tagged.Tag.Value.StartsWith("tag:yaml.org,2002:", StringComparison.Ordinal))
        {
            throw Fault($"found the tag '{tagged.Tag}'; a recipe has no tags.");
        }

        switch (current)
        {
            case DocumentStart when ++_documents > 1:
                throw Fault("found a second document; a recipe is one YAML mapping.");
            case MappingStart or SequenceStart or AnchorAlias when _open.TryPeek(out var place) && place == Collection.KeyOfMapping:
                throw Fault("found a key that is not a string.");
            case MappingStart or SequenceStart:
                if (_open.Count == Deepest)
                {
                    throw Fault($"more than {Deepest} levels are nested.");
                }

                _open.Push(current is MappingStart ? Collection.KeyOfMapping : Collection.Sequence);
                break;
            case MappingEnd or SequenceEnd:
                _open.Pop();
                Advance();
                break;
            case Scalar or AnchorAlias:
                Advance();
                break;
        }
    }

    // In a mapping, keys and values alternate.
    private void Advance()
    {
        if (_open.TryPeek(out var place) && place != Collection.Sequence)
        {
            _open.Pop();
            _open.Push(place == Collection.KeyOfMapping ? Collection.ValueOfMapping : Collection.KeyOfMapping);
        }
    }

    private RecipeException Fault(string problem) => new(path, Math.Max(1, Current!.Start.Line), problem);
}
