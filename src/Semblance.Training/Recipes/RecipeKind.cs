namespace Semblance.Training.Recipes;

/// <summary>Specifies what a <see cref="Recipe"/> trains.</summary>
public enum RecipeKind
{
    /// <summary>A sentence encoder, a cross-encoder, a multi-vector encoder, a sparse encoder or a task model.</summary>
    Model,

    /// <summary>The vocabulary of a tokenizer.</summary>
    Vocabulary,

    /// <summary>A word vector for each token of a vocabulary.</summary>
    WordVectors,

    /// <summary>The vectors of teachers for the texts of the data sets.</summary>
    TeacherVectors,
}
