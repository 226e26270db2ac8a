using Semblance.Tokenizers;

namespace Semblance.Training;

/// <summary>
/// Makes queries for the passages of running text: the title of a document for its first paragraph, and a sentence of a paragraph for the
/// rest of it (the inverse cloze task, Lee et al. 2019, arXiv:1906.00300).
/// </summary>
/// <remarks>
/// The files have one paragraph per line and an empty line between documents, in UTF-8, uncompressed or compressed with gzip. The first line
/// of a document is its title if it has no more than 12 tokens and a paragraph follows.
/// </remarks>
public static class DocumentPassages
{
    private const int LongestTitle = 12;
    private const int FewestTokens = 8; // of a sentence that is a query
    private const int FewestSentences = 3;

    /// <summary>Reads the queries with their passages, in bounded memory.</summary>
    /// <param name="paths">The paths of the files; a document ends with its file.</param>
    /// <param name="tokenizer">The tokenizer that counts the tokens, without special tokens.</param>
    /// <param name="seed">The random seed of the sentences. The default is 42.</param>
    /// <returns>The rows, with two texts each: the query and the passage.</returns>
    /// <exception cref="DatasetException">A file is missing, damaged or not UTF-8.</exception>
    public static IEnumerable<Example> Read(IEnumerable<string> paths, Tokenizer tokenizer, int seed = 42)
    {
        ArgumentNullException.ThrowIfNull(paths);
        ArgumentNullException.ThrowIfNull(tokenizer);
        var pieces = new SentencePieces(tokenizer, int.MaxValue);
        var buffer = new TokenBuffer();
        var random = new Random(seed);
        foreach (var path in paths)
        {
            var (title, isFirst) = ((string?)null, true);
            foreach (var line in DatasetLines.Read(path))
            {
                var text = line.Problem is null ? line.Text.Trim() : throw new DatasetException(path, line.Number, line.Problem);
                if (text.Length == 0)
                {
                    (title, isFirst) = (null, true);
                    continue;
                }

                var sentences = pieces.Of(text, buffer);
                if (isFirst && sentences is [{ Tokens: <= LongestTitle }])
                {
                    (title, isFirst) = (text, false);
                    continue;
                }

                if (title is not null)
                {
                    yield return new Example([title, text]);
                }

                (title, isFirst) = (null, false);
                SentencePiece[] queries = sentences.Count < FewestSentences
                    ? []
                    : [.. sentences.Where(piece => piece.Tokens >= FewestTokens)];
                if (queries.Length > 0)
                {
                    var query = queries[random.Next(queries.Length)];
                    var rest = $"{text[..query.Start].TrimEnd()} {text[query.End..]}".Trim();
                    yield return new Example([text[query.Start..query.End].Trim(), rest]);
                }
            }
        }
    }
}
