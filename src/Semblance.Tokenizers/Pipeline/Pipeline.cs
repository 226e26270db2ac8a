using System.Buffers;
using Semblance.Tokenizers.Models;
using Semblance.Tokenizers.Normalizers;
using Semblance.Tokenizers.PreTokenizers;

namespace Semblance.Tokenizers;

/// <summary>Converts a text to tokens: added tokens, normalizer, pre-tokenizer, model.</summary>
internal sealed class Pipeline
{
    // Long enough to amortize the set-up of the steps, short enough for the first-level cache and for texts that are truncated soon.
    private const int PieceLength = 1024;

    private static readonly SearchValues<char> Space = SearchValues.Create(" ");
    private static readonly SearchValues<char> Spaces = SearchValues.Create(" \t\n\r");
    private static readonly SearchValues<char> SpacesAndPunctuation = SearchValues.Create(" \t\n\r!\"'(),-./:;?[]{}\u3001\u3002\uFF0C");

    private readonly Normalizer? _normalizer;
    private readonly PreTokenizer? _preTokenizer;
    private readonly AddedTokenMatcher _added;
    private readonly AddedTokenMatcher _addedNormalized;
    private readonly Dictionary<int, string> _normalizedContents;
    private readonly SearchValues<char>? _cuts;
    private readonly bool _cutsInWords;
    private readonly string _path;

    /// <summary>Initializes a new instance of the <see cref="Pipeline"/> class.</summary>
    /// <param name="added">The added tokens, without duplicate ids and texts.</param>
    /// <param name="normalizer">The normalizer, or <see langword="null"/>.</param>
    /// <param name="preTokenizer">The pre-tokenizer, or <see langword="null"/>.</param>
    /// <param name="model">The model.</param>
    /// <param name="path">The file of the tokenizer, for messages.</param>
    public Pipeline(IReadOnlyCollection<AddedToken> added, Normalizer? normalizer, PreTokenizer? preTokenizer, Model model, string path)
    {
        (_normalizer, _preTokenizer, Model, _path) = (normalizer, preTokenizer, model, path);
        if (normalizer?.Growth > NormalizedText.MostGrowth)
        {
            throw new TokenizerFormatException(
                $"{path}: the normalizer's rules can make a text {normalizer.Growth:0} times as long, expected at most {NormalizedText.MostGrowth} times.");
        }

        Vocabulary.CheckLengths(added.Select(token => token.Content), message => new TokenizerFormatException($"{path}: added tokens: {message}."));
        _added = new AddedTokenMatcher(added.Where(token => !token.Normalized).Select(token => (token, token.Content)));
        _normalizedContents = added.Where(token => token.Normalized).ToDictionary(token => token.Id, token => Normalize(token.Content));
        Vocabulary.CheckLengths(_normalizedContents.Values, message => new TokenizerFormatException($"{path}: added tokens, normalized: {message}."));
        _addedNormalized = new AddedTokenMatcher(added.Where(token => token.Normalized).Select(token => (token, _normalizedContents[token.Id])));
        var locality = _addedNormalized.IsLocal && preTokenizer is not null
            ? (Locality)Math.Min((int)(normalizer?.Locality ?? Locality.Punctuation), (int)preTokenizer.Locality)
            : Locality.Whole;
        _cutsInWords = locality == Locality.Words;
        _cuts = locality switch
        {
            Locality.Punctuation => _addedNormalized.IsEmpty ? SpacesAndPunctuation : Spaces,
            Locality.Words => Space,
            _ => null,
        };
    }

    /// <summary>Gets the model.</summary>
    public Model Model { get; }

    /// <summary>Returns the text as which an added token is found: the normalized text if it is found after normalization.</summary>
    public string ContentOf(AddedToken token) => _normalizedContents.GetValueOrDefault(token.Id, token.Content);

    /// <summary>Appends the tokens of a text; stops soon after there are more than <paramref name="limit"/>.</summary>
    public void Tokenize(string text, int limit, Scratch scratch, TokenList tokens)
    {
        var end = 0;
        for (var position = 0; position < text.Length && (tokens.Count <= limit || tokens.IsWatching);)
        {
            position = TokenizePiece(text, position, limit, scratch, tokens, ref end);
        }
    }

    /// <summary>Returns the number of tokens of a text.</summary>
    public int Count(string text, Scratch scratch, TokenList tokens)
    {
        var (count, end) = (0, 0);
        for (var position = 0; position < text.Length; count += tokens.Count)
        {
            tokens.Restart();
            position = TokenizePiece(text, position, int.MaxValue, scratch, tokens, ref end);
        }

        return count;
    }

    private string Normalize(string content)
    {
        var text = new NormalizedText();
        text.Load(content, 0, content.Length, _path);
        _normalizer?.Normalize(text);
        return text.Text.ToString();
    }

    /// <summary>Tokenizes up to the next added token or the end of a piece, which does not change until it is reached.</summary>
    private int TokenizePiece(string text, int position, int limit, Scratch scratch, TokenList tokens, ref int end)
    {
        end = position < end ? end : EndOfPiece(text, position);
        var token = _added.Find(text, position, end, out var tokenStart, out var tokenEnd);
        TokenizePlain(text, position, token is null ? end : tokenStart, limit, scratch, tokens);
        if (token is null)
        {
            return end;
        }

        tokens.Add(token.Id, tokenStart, tokenEnd);
        if (tokenEnd - tokenStart != token.Content.Length)
        {
            tokens.SetSurface(text[tokenStart..tokenEnd]);
        }

        return tokenEnd;
    }

    /// <summary>
    /// Returns a position at which the text can be split without a change of any token: before punctuation or the first of several spaces
    /// (an added token can include the white space to its left), or between plain words only.
    /// </summary>
    private int EndOfPiece(string text, int position)
    {
        for (var end = position + PieceLength; _cuts is not null && end > 0 && end < text.Length; end++)
        {
            var next = text.AsSpan(end).IndexOfAny(_cuts);
            if (next < 0)
            {
                break;
            }

            end += next;
            var isCut = _cutsInWords
                ? char.IsAsciiLetterOrDigit(text[end - 1]) && end + 1 < text.Length && char.IsAsciiLetterOrDigit(text[end + 1])
                : !char.IsWhiteSpace(text[end - 1]);
            if (isCut)
            {
                return end;
            }
        }

        return text.Length;
    }

    private void TokenizePlain(string source, int start, int end, int limit, Scratch scratch, TokenList tokens)
    {
        if (start >= end)
        {
            return;
        }

        var (text, words) = (scratch.Text, scratch.Words);
        text.Load(source, start, end, _path);
        _normalizer?.Normalize(text);
        words.Restart();
        FindNormalized(text.Text, words);
        _preTokenizer?.Split(text, words);
        foreach (var word in words.Words)
        {
            var first = tokens.Count;
            if (first > limit && !tokens.IsWatching)
            {
                return;
            }

            if (word.Id < 0)
            {
                Model.Tokenize(text.Text, word.Start, word.End, tokens);
                tokens.EndWord();
            }
            else
            {
                tokens.Add(word.Id, word.Start, word.End);
                tokens.SetSurface(text.Text[word.Start..word.End].ToString());
            }

            var starts = tokens.Starts;
            var ends = tokens.Ends;
            for (var i = first; i < starts.Length; i++)
            {
                (starts[i], ends[i]) = (text.OriginOf(starts[i]), text.OriginEnd(source, ends[i] - 1));
            }
        }
    }

    private void FindNormalized(ReadOnlySpan<char> text, WordList words)
    {
        var position = 0;
        while (!_addedNormalized.IsEmpty && _addedNormalized.Find(text, position, text.Length, out var start, out var end) is { } token)
        {
            if (position < start)
            {
                words.Add(new Word(position, start));
            }

            words.Add(new Word(start, end, token.Id));
            position = end;
        }

        if (position < text.Length)
        {
            words.Add(new Word(position, text.Length));
        }
    }
}
