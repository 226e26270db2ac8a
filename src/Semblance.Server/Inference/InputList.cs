namespace Semblance.Server.Inference;

/// <summary>
/// Represents the texts of a request: in JSON a string, an array of token ids, or an array of strings and of arrays of token ids.
/// </summary>
/// <param name="Texts">The texts.</param>
/// <param name="IsSingle"><see langword="true"/> if the request has one text outside of an array; otherwise, <see langword="false"/>.</param>
[JsonConverter(typeof(InputListConverter))]
internal sealed record InputList(IReadOnlyList<InputText> Texts, bool IsSingle)
{
    /// <summary>Converts strings to texts of a request.</summary>
    public static InputList Of(IReadOnlyList<string> texts) => new([.. texts.Select(text => (InputText)text)], false);
}
