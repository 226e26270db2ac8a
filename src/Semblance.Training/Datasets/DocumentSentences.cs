using System.Globalization;
using Semblance.Tokenizers;

namespace Semblance.Training;

/// <summary>
/// The sentences of running text, each with its document: sentences of one document are about the same, which is what
/// <see cref="GroupedTexts"/> makes pairs and triplets of (as from Wikipedia's sections by Dor et al. 2018, P18-2009).
/// </summary>
/// <remarks>The files have a paragraph a line and an empty line between documents, in UTF-8, plain or compressed with gzip.</remarks>
public static class DocumentSentences
{
    /// <summary>Reads files one after another, in bounded memory.</summary>
    /// <param name="paths">The files; a document ends with its file.</param>
    /// <param name="tokenizer">What counts tokens, without special ones.</param>
    /// <param name="fewest">Shorter sentences are left out.</param>
    /// <param name="most">Longer ones are too.</param>
    /// <returns>Rows of two texts, the document's number and the sentence.</returns>
    /// <exception cref="DatasetException">A file is missing, damaged or not UTF-8.</exception>
    public static IEnumerable<Example> Read(IEnumerable<string> paths, Tokenizer tokenizer, int fewest = 8, int most = 60)
    {
        ArgumentNullException.ThrowIfNull(paths);
        ArgumentNullException.ThrowIfNull(tokenizer);
        ArgumentOutOfRangeException.ThrowIfLessThan(fewest, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(most, fewest);
        var pieces = new SentencePieces(tokenizer, int.MaxValue);
        var buffer = new TokenBuffer();
        var document = 0L;
        foreach (var path in paths)
        {
            document++;
            foreach (var line in DatasetLines.Read(path))
            {
                var text = line.Problem is null ? line.Text.Trim() : throw new DatasetException(path, line.Number, line.Problem);
                document += text.Length == 0 ? 1 : 0;
                foreach (var piece in pieces.Of(text, buffer).Where(piece => piece.Tokens >= fewest && piece.Tokens <= most))
                {
                    yield return new Example([document.ToString(CultureInfo.InvariantCulture), text[piece.Start..piece.End].TrimEnd()]);
                }
            }
        }
    }
}
