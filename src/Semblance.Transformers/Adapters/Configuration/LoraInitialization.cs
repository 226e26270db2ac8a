namespace Semblance.Transformers.Adapters;

/// <summary>Specifies the initial values of the matrices of low-rank adaptation.</summary>
public enum LoraInitialization
{
    /// <summary>A is uniformly distributed as by Kaiming He (a = √5), B is zero: the adapter begins without effect.</summary>
    Kaiming,

    /// <summary>A is normally distributed with standard deviation 1/r, B is zero.</summary>
    Gaussian,

    /// <summary>Both are uniformly distributed, so that the adapter changes the model from the beginning; for tests.</summary>
    Random,
}
