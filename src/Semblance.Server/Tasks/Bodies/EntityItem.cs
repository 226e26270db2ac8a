namespace Semblance.Server.Tasks;

/// <summary>Represents an entity.</summary>
/// <param name="Label">The type of the entity.</param>
/// <param name="Score">The probability.</param>
/// <param name="Word">The tokens of the entity, joined by the tokenizer.</param>
/// <param name="Text">The part of the text.</param>
/// <param name="Start">The position of the first character.</param>
/// <param name="End">The position after the last character.</param>
internal sealed record EntityItem(string Label, float Score, string Word, string Text, int Start, int End)
{
    /// <summary>Describes an entity.</summary>
    public static EntityItem Of(Entity entity, TextPositions positions) => new(
        entity.Label, entity.Score, entity.Word, entity.Text, positions.Of(entity.Start), positions.Of(entity.End));
}
