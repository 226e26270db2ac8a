using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace Semblance.Training.Recipes;

/// <summary>
/// The events of a recipe's YAML, each checked before anything is made of it: a recipe is one document without tags, nested at most
/// <see cref="Deepest"/> levels deep, whose keys are texts.
/// </summary>
/// <param name="path">The recipe, for messages.</param>
/// <param name="text">What is written in it.</param>
internal sealed class RecipeParser(string path, TextReader text) : IParser
{
    /// <summary>The most levels that are nested.</summary>
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
    /// <exception cref="RecipeException">The YAML is damaged, or has what recipes do not.</exception>
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
#pragma warning disable CA1031 // The parser has faults of its own: whatever it throws, it is the text that it cannot read.
        catch (Exception e) when (e is not OutOfMemoryException)
#pragma warning restore CA1031
        {
            throw new RecipeException(path, line, "this is not YAML; look for a bracket or a quotation mark that is not closed here or below.", e);
        }

        Check(_parser.Current!);
        return true;
    }

    private void Check(ParsingEvent current)
    {
        if (current is NodeEvent { Tag.IsEmpty: false } tagged && tagged.Tag != "!" && !tagged.Tag.Value.StartsWith("tag:yaml.org,2002:", StringComparison.Ordinal))
        {
            throw Fault($"found the tag '{tagged.Tag}'; a recipe has no tags.");
        }

        switch (current)
        {
            case DocumentStart when ++_documents > 1:
                throw Fault("found a second document; a recipe is one YAML mapping.");
            case MappingStart or SequenceStart or AnchorAlias when _open.TryPeek(out var place) && place == Collection.KeyOfMapping:
                throw Fault("found a key that is not a text.");
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

    // In a mapping, keys and values take turns.
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
