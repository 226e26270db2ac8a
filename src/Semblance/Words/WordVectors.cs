using System.Globalization;
using Semblance.Files;
using Semblance.Tensors;
using Semblance.Transformers;

namespace Semblance.Words;

/// <summary>
/// Represents words with their embeddings, as published by GloVe (Pennington et al. 2014), word2vec (Mikolov et al. 2013) and fastText.
/// </summary>
/// <param name="Words">The words; the first, <c>PADDING_TOKEN</c>, is the padding token.</param>
/// <param name="Table">The word embeddings, <c>[words × dimension]</c>; the first row is zeros.</param>
/// <param name="SkippedLines">The number of lines of the file that were left out because they have another number of elements.</param>
public sealed record WordVectors(IReadOnlyList<string> Words, Tensor Table, long SkippedLines)
{
    private const string Padding = "PADDING_TOKEN";
    private const int LongestLine = 1 << 20;

    // Vectors as text compress to a third; a file that expands far more is meant to fill the memory.
    private const long MostBytesPerByte = 32;
    private const long LeastBytes = 1 << 26;

    /// <summary>
    /// Reads a text file with one word and its vector per line. A first line with sizes, as in word2vec files, is skipped.
    /// </summary>
    /// <param name="path">The file; a file with the extension <c>.gz</c> is decompressed.</param>
    /// <param name="separator">The separator between a word and its elements.</param>
    /// <param name="most">The maximum number of words to read; the first are usually the most frequent ones. Null for all.</param>
    /// <param name="progress">Receives the fraction of the file that has been read, from 0 to 1.</param>
    /// <param name="cancellationToken">The token that cancels the operation.</param>
    /// <exception cref="FileNotFoundException">The file does not exist.</exception>
    /// <exception cref="ModelFormatException">
    /// The file has no vectors, an element is not a finite number, a line has more than 2²⁰ characters, or the text is more than 32 times
    /// as long as the file that it is decompressed from.
    /// </exception>
    public static async Task<WordVectors> ReadAsync(
        string path, char separator = ' ', int? most = null, IProgress<double>? progress = null,
        CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        ArgumentOutOfRangeException.ThrowIfLessThan(most ?? 1, 1);
        var (words, rows) = (new List<string> { Padding }, new List<float[]>());
        var skipped = 0L;
        using var lines = TextLines.Open(path);
        var mostBytes = Math.Max(LeastBytes, new FileInfo(path).Length * MostBytesPerByte);
        try
        {
            await foreach (var line in lines.ReadAsync(cancellationToken).ConfigureAwait(false))
            {
                if (line.Length > LongestLine || lines.BytesRead > mostBytes)
                {
                    throw new ModelFormatException(path, $"line {lines.Count}: found {lines.BytesRead:N0} bytes of text so far, and "
                        + $"{line.Length:N0} characters in one line; expected a word and its vector a line.");
                }

                var fields = line.TrimEnd().Split(separator);
                if (rows.Count == 0 && fields.Length == 2)
                {
                    continue; // word2vec's sizes
                }

                if (fields.Length < 2 || (rows.Count > 0 && fields.Length - 1 != rows[0].Length))
                {
                    skipped++;
                    continue;
                }

                if ((rows.Count + 2L) * (fields.Length - 1) > int.MaxValue)
                {
                    throw new ModelFormatException(path,
                        $"line {lines.Count}: the vectors have more than 2^31-1 elements; read fewer by 'most'.");
                }

                words.Add(fields[0]);
                rows.Add(Array.ConvertAll(fields[1..], Number));
                if (words.Count > most)
                {
                    break;
                }

                if (lines.Count % 4096 == 0)
                {
                    progress?.Report(lines.Progress);
                }
            }
        }
        catch (TextFormatException e)
        {
            throw new ModelFormatException(path, e.Line is null ? e.Problem : $"line {e.Line}: {e.Problem}", e);
        }

        return rows.Count > 0
            ? new WordVectors(words, TableOf(rows), skipped)
            : throw new ModelFormatException(path,
                "there is no line with a word and its vector; is this a text file of word vectors, and the separator right?");

        // As in the original: parsed in double precision first.
        float Number(string field) =>
            double.TryParse(field, NumberStyles.Float, CultureInfo.InvariantCulture, out var value) && float.IsFinite((float)value)
            ? (float)value
            : throw new ModelFormatException(path,
                $"line {lines.Count}: '{Excerpt.Of(field)}' is not a number; expected a word and its vector.");
    }

    private static Tensor TableOf(List<float[]> rows)
    {
        var dimension = rows[0].Length;
        var table = Tensor.Zeros(rows.Count + 1, dimension);
        for (var i = 0; i < rows.Count; i++)
        {
            rows[i].CopyTo(table.Writable[((i + 1) * dimension)..]);
        }

        return table;
    }
}
