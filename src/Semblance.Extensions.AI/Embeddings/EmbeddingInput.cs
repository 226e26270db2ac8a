namespace Semblance.Extensions.AI;

/// <summary>Specifies what the texts of a request are, for models that encode queries and documents differently.</summary>
public enum EmbeddingInput
{
    /// <summary>The texts are encoded with the model's default prompt and route, as by <c>Encode</c>.</summary>
    Text,

    /// <summary>The texts are queries, and are encoded as by <c>EncodeQuery</c>.</summary>
    Query,

    /// <summary>The texts are documents, and are encoded as by <c>EncodeDocument</c>.</summary>
    Document,
}
