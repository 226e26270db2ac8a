using System.Globalization;
using Semblance.Tokenizers;

namespace Semblance.Training;

/// <summary>
/// Reads the sentences of running text with their documents, from which <see cref="GroupedTexts"/> creates pairs and triplets: sentences of
/// one
/// document share a topic (as with the sections of Wikipedia articles in Dor et al. 2018, P18-2009).
/// </summary>
/// <remarks>
/// The files have one paragraph per line and an empty line between documents, in UTF-8, uncompressed or compressed with gzip.
/// </remarks>
public static class DocumentSentences
{
    /// <summary>Reads the sentences of files, one after another, in bounded memory.</summary>
    /// <param name="paths">The paths of the files; a document ends with its file.</param>
    /// <param name="tokenizer">The tokenizer that counts the tokens, without special tokens.</param>
    /// <param name="fewest">The minimum number of tokens of a sentence, from 1; shorter ones are skipped. The default is 8.</param>
    /// <param name="most">The maximum number of tokens of a sentence; longer ones are skipped. The default is 60.</param>
    /// <returns>The rows, with two texts each: the number of the document and the sentence.</returns>
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
