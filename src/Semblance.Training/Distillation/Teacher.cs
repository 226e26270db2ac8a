namespace Semblance.Training;

/// <summary>Represents a teacher: a model whose embeddings a smaller model is trained to reproduce.</summary>
/// <param name="Name">The folder or Hub id, which is recorded beside the vectors.</param>
/// <param name="Model">The model.</param>
public sealed record Teacher(string Name, SentenceTransformer Model)
{
    /// <summary>
    /// Gets the weight of this teacher's cosine similarity in the weighted mean of all teachers' similarities; 1 by default.
    /// </summary>
    public float Weight
    {
        get;
        init => field = Setting.Positive(value);
    } = 1;

    /// <summary>Gets the text before each text, such as the query prompt of a search model; none by default.</summary>
    public string Prompt { get; init; } = "";

    /// <summary>
    /// Gets the text before each query (<see cref="TeacherText.IsQuery"/>); <see langword="null"/>, the default, for the model's own prompt
    /// for queries, if it has one.
    /// </summary>
    public string? QueryPrompt { get; init; }
}
