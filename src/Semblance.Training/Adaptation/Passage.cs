using Semblance.Tokenizers;

namespace Semblance.Training;

/// <summary>Represents a passage of a document: consecutive sentences, together about as long as a model is good at.</summary>
/// <param name="Document">The index of the document.</param>
/// <param name="Title">The title of the document if the passage is its first one; otherwise, <see langword="null"/>.</param>
/// <param name="Sentences">The sentences with the spaces after them.</param>
/// <param name="Tokens">The number of tokens of each sentence.</param>
internal sealed record Passage(int Document, string? Title, IReadOnlyList<string> Sentences, IReadOnlyList<int> Tokens)
{
    private const int LongestTitle = 24; // tokens
    private const int FewestTokens = 16;

    /// <summary>Gets the text.</summary>
    public string Text => string.Concat(Sentences).Trim();

    /// <summary>Returns the text without one of its sentences.</summary>
    public string Without(int sentence) => string.Concat(Sentences.Where((_, i) => i != sentence)).Trim();

    /// <summary>Divides documents into passages. A first line that is one short sentence is the title of what follows.</summary>
    /// <param name="documents">The paragraphs of each document.</param>
    /// <param name="tokenizer">The tokenizer that counts the tokens.</param>
    /// <param name="size">The maximum number of tokens.</param>
    /// <param name="cancellationToken">The token that cancels the operation.</param>
    public static IEnumerable<Passage> Of(
        IReadOnlyList<IReadOnlyList<string>> documents, Tokenizer tokenizer, int size, CancellationToken cancellationToken)
    {
        var pieces = new SentencePieces(tokenizer, size);
        var buffer = new TokenBuffer();
        for (var i = 0; i < documents.Count; i++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var paragraphs = documents[i];
            var title = paragraphs.Count > 1 && pieces.Of(paragraphs[0], buffer) is [{ Tokens: <= LongestTitle }] ? paragraphs[0] : null;
            var (sentences, tokens) = (new List<string>(), new List<int>());
            var isFirst = true;
            foreach (var paragraph in paragraphs.Skip(title is null ? 0 : 1))
            {
                foreach (var piece in pieces.Of(paragraph, buffer))
                {
                    if (tokens.Sum() + piece.Tokens > size)
                    {
                        foreach (var passage in Complete())
                        {
                            yield return passage;
                        }
                    }

                    sentences.Add(paragraph[piece.Start..piece.End] + (piece.End == paragraph.Length ? " " : ""));
                    tokens.Add(piece.Tokens);
                }
            }

            foreach (var passage in Complete())
            {
                yield return passage;
            }

            // The rest of a document may be too short, but not all of it.
            IEnumerable<Passage> Complete()
            {
                if (sentences.Count > 0 && (isFirst || tokens.Sum() >= FewestTokens))
                {
                    yield return new Passage(i, isFirst ? title : null, sentences, tokens);
                    isFirst = false;
                }

                (sentences, tokens) = ([], []);
            }
        }
    }
}
