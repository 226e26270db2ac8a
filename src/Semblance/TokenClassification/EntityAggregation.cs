using Semblance.Tokenizers;
using TensorPrimitives = System.Numerics.Tensors.TensorPrimitives;

namespace Semblance;

/// <summary>
/// Makes entities of the probabilities of tokens, by the rules of the original's token classification pipeline.
/// </summary>
/// <param name="tokenizer">The tokenizer, which joins tokens.</param>
/// <param name="labels">The names of the labels.</param>
/// <param name="options">The strategy and the ignored labels.</param>
internal sealed class EntityAggregation(Tokenizer tokenizer, IReadOnlyList<string> labels, TagOptions options)
{
    // Labels of IOBES and BILOU have more prefixes than the original knows. E- and L- continue an entity, S- and U- are one.
    private readonly bool _hasSingles = labels.Any(label => label.StartsWith("S-", StringComparison.Ordinal)
        || label.StartsWith("U-", StringComparison.Ordinal));

    /// <summary>Returns the entities of a text, in its order.</summary>
    /// <param name="text">The text.</param>
    /// <param name="windows">The windows of the text with the probabilities of their tokens, <c>[tokens × labels]</c>.</param>
    public IReadOnlyList<Entity> Of(string text, IReadOnlyList<(Encoding Tokens, float[] Scores)> windows)
    {
        Entity[] entities = [.. windows.SelectMany(window => OfWindow(text, window.Tokens, window.Scores))];
        return windows.Count > 1 ? WithoutOverlaps(entities) : entities;
    }

    private IEnumerable<Entity> OfWindow(string text, Encoding window, float[] scores)
    {
        var tokens = Tokens(text, window, scores);
        var parts = options.Aggregation is AggregationStrategy.None or AggregationStrategy.Simple
            ? tokens.Select(token => Labeled([token], token.Scores))
            : Words(tokens).Select(Word);
        var entities = options.Aggregation == AggregationStrategy.None
            ? parts.Select(part => Single(text, part))
            : Groups([.. parts]).Select(group => Group(text, group));
        return entities.Where(entity => !options.IgnoredLabels.Contains(entity.Label));
    }

    private List<Token> Tokens(string text, Encoding window, float[] scores)
    {
        var tokens = new List<Token>();
        for (var i = 0; i < window.Count; i++)
        {
            if (window.Sequences[i] < 0)
            {
                continue;
            }

            var (start, end) = window.Offsets[i];
            var (token, span) = (window.Tokens[i], text[start..end]);
            var isUnknown = window.Ids[i] == tokenizer.UnknownId;
            var continues = !isUnknown && (tokenizer.ContinuingSubwordPrefix is null
                ? start > 0 && text[start - 1] != ' '
                : CodePoints(token) != CodePoints(span));
            tokens.Add(new Token(i, isUnknown ? span : token, start, end, continues, scores[(i * labels.Count)..((i + 1) * labels.Count)]));
        }

        return tokens;
    }

    private static IEnumerable<List<Token>> Words(List<Token> tokens)
    {
        var word = new List<Token>();
        foreach (var token in tokens)
        {
            if (word.Count > 0 && !token.Continues)
            {
                yield return word;
                word = [];
            }

            word.Add(token);
        }

        if (word.Count > 0)
        {
            yield return word;
        }
    }

    private Part Word(List<Token> word)
    {
        switch (options.Aggregation)
        {
            case AggregationStrategy.First:
                return Labeled(word, word[0].Scores);
            case AggregationStrategy.Max:
                return Labeled(word, word.MaxBy(token => token.Scores.Max())!.Scores);
            default:
                var mean = new float[labels.Count];
                word.ForEach(token => TensorPrimitives.Add(mean, token.Scores, mean));
                TensorPrimitives.Divide(mean, word.Count, mean);
                return Labeled(word, mean);
        }
    }

    private Part Labeled(List<Token> tokens, float[] scores)
    {
        var best = TensorPrimitives.IndexOfMax<float>(scores);
        var word = tokens.Count == 1 && options.Aggregation is AggregationStrategy.None or AggregationStrategy.Simple
            ? tokens[0].Text : tokenizer.JoinTokens([.. tokens.Select(token => token.Text)]);
        return new Part(labels[best], scores[best], word, tokens[0].Start, tokens[^1].End, tokens[0].Index);
    }

    private List<List<Part>> Groups(List<Part> parts)
    {
        var groups = new List<List<Part>>();
        foreach (var part in parts)
        {
            var (begins, type) = Prefix(part.Label);
            if (groups.Count > 0 && !begins && type == Prefix(groups[^1][^1].Label).Type && !Ends(groups[^1][^1].Label))
            {
                groups[^1].Add(part);
            }
            else
            {
                groups.Add([part]);
            }
        }

        return groups;
    }

    // A label without a prefix continues.
    private (bool Begins, string Type) Prefix(string label) =>
        label.StartsWith("B-", StringComparison.Ordinal) ? (true, label[2..])
        : label.StartsWith("I-", StringComparison.Ordinal) ? (false, label[2..])
        : _hasSingles && label is ['S' or 'U', '-', ..] ? (true, label[2..])
        : _hasSingles && label is ['E' or 'L', '-', ..] ? (false, label[2..])
        : (false, label);

    private bool Ends(string label) => _hasSingles && label is ['S' or 'U' or 'E' or 'L', '-', ..];

    private static Entity Single(string text, Part part) =>
        new(part.Label, part.Score, part.Start, part.End - part.Start, text[part.Start..part.End])
        {
            Word = part.Word,
            TokenIndex = part.Index,
        };

    private Entity Group(string text, List<Part> group)
    {
        var (start, end) = (group[0].Start, group[^1].End);
        return new(group[0].Label[(group[0].Label.LastIndexOf('-') + 1)..], group.Average(part => part.Score), start, end - start,
            text[start..end])
        {
            Word = tokenizer.JoinTokens([.. group.Select(part => part.Word)]),
        };
    }

    // Of entities of several windows that overlap, the longest counts, and of equally long ones that with the highest score.
    private static List<Entity> WithoutOverlaps(Entity[] entities)
    {
        var kept = new List<Entity>();
        foreach (var entity in entities.OrderBy(entity => entity.Start))
        {
            if (kept.Count > 0 && entity.Start < kept[^1].End)
            {
                var isBetter = entity.Length > kept[^1].Length || (entity.Length == kept[^1].Length && entity.Score > kept[^1].Score);
                kept[^1] = isBetter ? entity : kept[^1];
            }
            else
            {
                kept.Add(entity);
            }
        }

        return kept;
    }

    private static int CodePoints(string text) => text.EnumerateRunes().Count();

    private sealed record Token(int Index, string Text, int Start, int End, bool Continues, float[] Scores);

    // A token, or a word, with one label.
    private sealed record Part(string Label, float Score, string Word, int Start, int End, int Index);
}
