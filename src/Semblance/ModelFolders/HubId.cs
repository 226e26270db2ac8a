namespace Semblance;

/// <summary>The names of models on the Hugging Face Hub.</summary>
public static class HubId
{
    /// <summary>
    /// Returns the id on the Hub of a model that is no folder. A name without an organisation is of the kind's own, as in sentence-transformers: <c>all-MiniLM-L6-v2</c> is
    /// <c>sentence-transformers/all-MiniLM-L6-v2</c>, a cross-encoder's is of <c>cross-encoder</c>, a sparse encoder's of <c>sparse-encoder</c>; the first models of
    /// transformers, such as <c>bert-base-uncased</c>, have none.
    /// </summary>
    /// <param name="model">The name.</param>
    /// <param name="kind">The kind of model; null for one that has no organisation of its own, such as a text generator.</param>
    /// <returns>The id.</returns>
    /// <exception cref="DirectoryNotFoundException">The name is a path, and there is no such folder.</exception>
    public static string Of(string model, ModelKind? kind = ModelKind.SentenceTransformer)
    {
        ArgumentException.ThrowIfNullOrEmpty(model);
        if (File.Exists(model) || Path.IsPathRooted(model) || model.StartsWith('.') || model.Count(c => c is '/' or '\\') > 1)
        {
            throw new DirectoryNotFoundException($"{model}: there is no such folder; give a model's folder, or an id such as sentence-transformers/all-MiniLM-L6-v2.");
        }

        var organisation = kind switch
        {
            ModelKind.SentenceTransformer => "sentence-transformers/",
            ModelKind.CrossEncoder => "cross-encoder/",
            ModelKind.SparseEncoder => "sparse-encoder/",
            _ => "",
        };
        return model.Contains('/', StringComparison.Ordinal) || TransformerNames.Contains(model) ? model : organisation + model;
    }
}
