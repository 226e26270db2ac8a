using System.Runtime.InteropServices;
using Semblance.Tokenizers.Models;
using Semblance.Tokenizers.Normalizers;
using Semblance.Tokenizers.PreTokenizers;

namespace Semblance.Tokenizers.Training;

/// <summary>
/// Counts the words that the tokenizer will see: it takes the place of the model at the end of the same pipeline. Words that are too long
/// for the tokenizer are left out.
/// </summary>
internal sealed class WordCounter : Model
{
    private const int LongestWord = 100; // UTF-16 units; the tokenizer's own limit is that in code points

    private readonly int _maxDistinct;
    private readonly Pipeline _pipeline;
    private readonly Scratch _scratch = new();
    private readonly TokenList _tokens = new();
    private readonly Dictionary<string, long> _counts = [];
    private readonly Dictionary<string, long>.AlternateLookup<ReadOnlySpan<char>> _lookup;
    private readonly CharacterCounts _dropped = new();

    public WordCounter(WordPieceTrainerOptions options, bool splitsChinese = true)
    {
        _maxDistinct = options.MaxDistinctWords;
        _lookup = _counts.GetAlternateLookup<ReadOnlySpan<char>>();
        _pipeline = new Pipeline(
            [
                .. WordPieceTrainerOptions.SpecialTokens
                    .Select((token, id) => new AddedToken(id, token, false, false, false, false, true)),
            ],
            new BertNormalizer(cleanText: true, handleChineseCharacters: splitsChinese, stripAccents: null, options.LowerCase),
            new BertPreTokenizer(),
            this,
            "(vocabulary training)");
    }

    /// <summary>Gets the words with their counts.</summary>
    public IReadOnlyDictionary<string, long> Counts => _counts;

    /// <summary>Gets the number of words.</summary>
    public long Total { get; private set; }

    /// <summary>Gets the number of distinct words that were dropped as too rare; one that occurs again counts again.</summary>
    public long Dropped { get; private set; }

    /// <inheritdoc/>
    public override int Size => 0;

    /// <inheritdoc/>
    public override int Count => 0;

    /// <inheritdoc/>
    public override int? UnknownId => null;

    /// <summary>Counts the words of a text.</summary>
    public void Add(string text) => _pipeline.Count(text, _scratch, _tokens);

    /// <summary>Counts the characters of all words, including dropped words.</summary>
    public CharacterCounts CountCharacters()
    {
        var characters = new CharacterCounts(_dropped);
        foreach (var (word, count) in _counts)
        {
            characters.Add(word, count);
        }

        return characters;
    }

    /// <inheritdoc/>
    public override int? TokenToId(string token) => null;

    /// <inheritdoc/>
    public override string? IdToToken(int id) => null;

    /// <inheritdoc/>
    public override void Tokenize(ReadOnlySpan<char> text, int start, int end, TokenList tokens)
    {
        if (end - start > LongestWord)
        {
            return;
        }

        CollectionsMarshal.GetValueRefOrAddDefault(_lookup, text[start..end], out _)++;
        Total++;
        if (_counts.Count > _maxDistinct)
        {
            DropRarest();
        }
    }

    // All words up to the median count are dropped, so that the result does not depend on the order of equal counts.
    private void DropRarest()
    {
        var counts = _counts.Values.ToArray();
        Array.Sort(counts);
        var threshold = counts[counts.Length / 2];
        foreach (var (word, count) in _counts)
        {
            if (count <= threshold)
            {
                _dropped.Add(word, count);
                _counts.Remove(word);
                Dropped++;
            }
        }
    }
}
