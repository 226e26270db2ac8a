namespace Semblance.Transformers.Adapters;

/// <summary>Specifies which biases of the model are trained and saved with an adapter of low rank.</summary>
public enum AdapterBias
{
    /// <summary>None.</summary>
    None,

    /// <summary>All of the model.</summary>
    All,

    /// <summary>Those of the layers that have the adapter.</summary>
    LoraOnly,
}
