using Semblance.Tokenizers.Loading;
using Semblance.Tokenizers.Models;
using Semblance.Tokenizers.Unicode;

namespace Semblance.Tokenizers.Training;

/// <summary>
/// Trains the vocabulary and scores of a Unigram tokenizer (Kudo 2018, arXiv:1804.10959) for text with Chinese, whose words are not
/// separated: the candidates are the words of a dictionary, and merged pairs of pieces in the other words, and the most frequent ones on the
/// best paths of all words are kept.
/// </summary>
/// <remarks>
/// Texts are split at spaces and punctuation, as BERT's are, but not between Chinese characters. A token has no mark for the beginning of a
/// word. Counts and scores follow from the best paths of the round before (Viterbi training), the first of which has the fewest tokens. Add
/// texts, then call <see cref="TrainTokenizer"/>. Memory is bounded by the number of distinct words. Not thread-safe.
/// </remarks>
public sealed class UnigramTrainer
{
    private const int Rounds = 3;
    private const double Surplus = 1.3; // candidates for each token

    private readonly WordPieceTrainerOptions _options;
    private readonly HashSet<string> _dictionary;
    private readonly int? _dictionarySize;
    private readonly WordCounter _words;

    /// <summary>Initializes a new instance of the <see cref="UnigramTrainer"/> class.</summary>
    /// <param name="dictionary">
    /// The words that may become tokens if they occur; if it has Chinese words, no other sequence of Chinese characters becomes a token.
    /// </param>
    /// <param name="options">The vocabulary size and more; <see langword="null"/> for the defaults.</param>
    /// <param name="dictionarySize">
    /// The number of tokens reserved for the most frequent words of the dictionary; <see langword="null"/>, the default, to select tokens by
    /// their counts alone.
    /// </param>
    /// <exception cref="ArgumentException">A number in the options is less than its minimum.</exception>
    public UnigramTrainer(IEnumerable<string> dictionary, WordPieceTrainerOptions? options = null, int? dictionarySize = null)
    {
        ArgumentNullException.ThrowIfNull(dictionary);
        ArgumentOutOfRangeException.ThrowIfNegative(dictionarySize ?? 0, nameof(dictionarySize));
        _dictionarySize = dictionarySize;
        _options = options ?? new WordPieceTrainerOptions();
        _options.Validate();
        _dictionary = [.. dictionary.Where(word => word.Length > 1)];
        _words = new WordCounter(_options, splitsChinese: false);
    }

    /// <summary>Adds the words of texts, which are read one after another.</summary>
    /// <param name="texts">The texts.</param>
    /// <param name="cancellationToken">The token that cancels the operation.</param>
    /// <exception cref="OperationCanceledException">The operation was canceled; the texts read before are counted.</exception>
    public void Add(IEnumerable<string> texts, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(texts);
        foreach (var text in texts)
        {
            cancellationToken.ThrowIfCancellationRequested();
            _words.Add(text);
        }
    }

    /// <summary>Trains the tokenizer on all texts so far.</summary>
    /// <param name="progress">Receives the fraction of the merges that is done, from 0 to 1.</param>
    /// <param name="cancellationToken">The token that cancels the operation.</param>
    /// <returns>The tokenizer, with BERT's special tokens.</returns>
    /// <exception cref="InvalidOperationException">No word has been added.</exception>
    /// <exception cref="OperationCanceledException">The operation was canceled.</exception>
    public Tokenizer TrainTokenizer(IProgress<double>? progress = null, CancellationToken cancellationToken = default)
    {
        if (_words.Total == 0)
        {
            throw new InvalidOperationException("There are no words to train on; call Add first.");
        }

        var special = WordPieceTrainerOptions.SpecialTokens;
        var characters = _words.CountCharacters().Alphabet(_options.AlphabetLimit, _options.MinFrequency, int.MaxValue)
            .Select(token => token.StartsWith(PairMerger.Prefix, StringComparison.Ordinal) ? token[PairMerger.Prefix.Length..] : token)
            .Distinct().Take(_options.VocabularySize - special.Count).ToArray();
        var kept = special.Count + characters.Length;
        string[] tokens = [.. special, .. characters, .. Candidates(characters, progress, cancellationToken)];
        double[] scores = [.. Enumerable.Repeat(-1.0, tokens.Length)];
        for (var round = 0; round < Rounds; round++)
        {
            var counts = Count(tokens, scores, special.Count, cancellationToken);
            if (round == Rounds - 2)
            {
                int[] best = [.. Enumerable.Range(0, kept), .. MostFrequent(tokens, counts, kept)];
                (tokens, counts) = ([.. best.Select(id => tokens[id])], [.. best.Select(id => counts[id])]);
            }

            var total = counts.Sum(count => Math.Max(count, 0.5));
            scores = [.. counts.Select((count, id) => id < special.Count ? 0 : Math.Log(Math.Max(count, 0.5) / total))];
        }

        return Tokenizer.FromFiles(BertFiles.CreateUnigram(tokens, scores, _options.LowerCase));
    }

    private IEnumerable<string> Candidates(string[] characters, IProgress<double>? progress, CancellationToken cancellationToken)
    {
        var merger = new PairMerger(characters, _options.MinFrequency, "");
        var dictionary = new Trie();
        foreach (var word in _dictionary)
        {
            dictionary.Add(word, 0);
        }

        var found = new HashSet<string>();
        var hasChinese = _dictionary.Any(HasChinese);
        foreach (var (word, count) in _words.Counts)
        {
            cancellationToken.ThrowIfCancellationRequested();
            for (var start = 0; start < word.Length; start++)
            {
                for (int end = start, node = 0; end < word.Length && (node = dictionary.Next(node, word[end])) >= 0; end++)
                {
                    if (dictionary.ValueAt(node) >= 0)
                    {
                        found.Add(word[start..(end + 1)]);
                    }
                }
            }

            if (!hasChinese || !HasChinese(word))
            {
                merger.Add(word, count);
            }
        }

        var merged = merger.Merge((int)(_options.VocabularySize * Surplus), progress, cancellationToken).Skip(characters.Length);
        return found.Order(StringComparer.Ordinal).Concat(merged).Distinct();
    }

    private IEnumerable<int> MostFrequent(string[] tokens, double[] counts, int kept)
    {
        int[] order =
        [
            .. Enumerable.Range(kept, tokens.Length - kept).Where(id => counts[id] >= _options.MinFrequency)
                .OrderByDescending(id => counts[id]).ThenBy(id => tokens[id], StringComparer.Ordinal),
        ];
        var room = _options.VocabularySize - kept;
        return _dictionarySize is { } size
            ? order.Where(id => _dictionary.Contains(tokens[id])).Take(size)
                .Concat(order.Where(id => !_dictionary.Contains(tokens[id]))).Take(room)
            : order.Take(room);
    }

    private double[] Count(string[] tokens, double[] scores, int special, CancellationToken cancellationToken)
    {
        var trie = new Trie();
        for (var id = special; id < tokens.Length; id++)
        {
            trie.Add(tokens[id], id);
        }

        var counts = new double[tokens.Length];
        var worst = scores.Min() - 10;
        foreach (var (word, count) in _words.Counts)
        {
            cancellationToken.ThrowIfCancellationRequested();
            foreach (var (_, _, id) in UnigramPath.Of(word, trie, scores, worst, -2).Tokens(-2))
            {
                if (id >= 0)
                {
                    counts[id] += count;
                }
            }
        }

        return counts;
    }

    private static bool HasChinese(string word)
    {
        foreach (var character in word.EnumerateRunes())
        {
            if (CharacterData.IsChinese(character.Value))
            {
                return true;
            }
        }

        return false;
    }
}
